import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { allows, POLICIES, type PolicyAction } from '../../../../../functions/api/request/policy.ts';
import type { Caller } from '../../../../../functions/api/request/request.ts';
import { POLICY_SETS, type PolicySet } from '../../../../../lib/settings/config.ts';
import { DUE, type Due, dueFor, PLACES, type Place, ROLES } from '../support/policy-table.ts';

beforeAll(() => {
  expect(Object.keys(POLICIES).length).toBeGreaterThan(80);
});

const caller = (role: string, place: Place, changes: Partial<Caller> = {}): Caller => ({
  userId: 'u',
  projectId: { own: 'mine', other: 'theirs', system: null }[place],
  roles: [role],
  systemScope: place === 'system',
  unrestricted: false,
  token: 't',
  serviceToken: null,
  ...changes,
});

const actions = Object.keys(POLICIES).filter((name): name is PolicyAction => name in POLICIES);

describe.each(POLICY_SETS)('the policies of %s', (set: PolicySet) => {
  it.each(ROLES)('give %s what it is due, in its project, in another and in the system', (role) => {
    for (const action of actions) {
      const due: Due = dueFor(action);
      for (const place of PLACES) {
        const given = allows(set, caller(role, place), action, 'mine');
        expect(given, `${action} to ${role} in ${place}`).toBe(DUE[set][role][place].includes(due));
      }
    }
  });

  it('take two absent projects for no project, not for the same one', () => {
    const nowhere = caller('member', 'own', { projectId: null });
    expect(allows(set, nowhere, 'os_load-balancer_api:loadbalancer:post', null)).toBe(false);
  });

  it('let every caller do everything where no token is asked for', () => {
    const anybody = caller('', 'own', { roles: [], projectId: null, unrestricted: true });
    for (const action of actions) expect(allows(set, anybody, action, randomUUID())).toBe(true);
  });
});
