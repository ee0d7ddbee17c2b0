import { describe, expect, it } from 'vitest';
import { allows, isAdmin, type PolicyAction } from '../../../../functions/api/policy.ts';
import type { Caller } from '../../../../functions/api/request.ts';

const caller = (roles: readonly string[], changes: Partial<Caller> = {}): Caller => ({
  userId: 'u',
  projectId: 'mine',
  roles,
  systemScope: false,
  unrestricted: false,
  token: 't',
  ...changes,
});

const READ: PolicyAction = 'os_load-balancer_api:loadbalancer:get_one';
const GLOBAL: PolicyAction = 'os_load-balancer_api:loadbalancer:get_all-global';
const WRITE: PolicyAction = 'os_load-balancer_api:loadbalancer:post';

describe('the policy', () => {
  // role, [read mine, read theirs, list all, write mine, write theirs]
  it.each([
    ['admin', [true, true, true, true, true]],
    ['load-balancer_admin', [true, true, true, true, true]],
    ['load-balancer_global_observer', [true, true, true, false, false]],
    ['member', [true, false, false, true, false]],
    ['load-balancer_member', [true, false, false, true, false]],
    ['reader', [true, false, false, false, false]],
    ['load-balancer_observer', [true, false, false, false, false]],
    ['creator', [false, false, false, false, false]],
  ] as const)('gives %s what it is due', (role, due) => {
    const by = caller([role]);
    expect([
      allows(by, READ, 'mine'),
      allows(by, READ, 'theirs'),
      allows(by, GLOBAL, null),
      allows(by, WRITE, 'mine'),
      allows(by, WRITE, 'theirs'),
    ]).toEqual(due);
  });

  it('lets readers of the whole system read everything and write nothing', () => {
    const by = caller(['reader'], { projectId: null, systemScope: true });
    expect([allows(by, GLOBAL, null), allows(by, READ, 'theirs'), allows(by, WRITE, 'theirs')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('does not take two absent projects for the same one', () => {
    expect(allows(caller(['member'], { projectId: null }), WRITE, null)).toBe(false);
  });

  it('lets everybody do everything where nobody is asked for a token', () => {
    expect(isAdmin(caller([], { unrestricted: true }))).toBe(true);
  });
});
