import { describe, expect, it } from 'vitest';
import {
  createHealthMonitor,
  deleteHealthMonitor,
  updateHealthMonitor,
} from '../../../../lib/changes/health-monitors.ts';
import {
  createL7Policy,
  createL7Rule,
  deleteL7Policy,
  deleteL7Rule,
  updateL7Policy,
  updateL7Rule,
} from '../../../../lib/changes/l7.ts';
import { createListener, deleteListener, updateListener } from '../../../../lib/changes/listeners.ts';
import { createMember, deleteMember, updateMember } from '../../../../lib/changes/members.ts';
import { createPool, deletePool, updatePool } from '../../../../lib/changes/pools.ts';
import {
  DuplicateListenerError,
  HealthMonitorExistsError,
  ImmutableChildError,
} from '../../../../lib/errors/conflict.ts';
import { aChangeState } from '../../../fixtures/change-state.ts';
import { aListener, aMember, aMonitor, aPolicy, aPool, aRule } from '../../../fixtures/render/tree.ts';
import { aRead, outline } from './support.ts';

const ERROR = { provisioning_status: 'ERROR' } as const;
const state = aChangeState({ deletion_failed: true });
const member = { member: aMember(1, ERROR), state };
const tree = {
  listeners: [aListener(1)],
  pools: [aPool(1)],
  health_monitors: [aMonitor(1)],
  l7_policies: [aPolicy(1)],
  l7_rules: [aRule(1)],
};
const id = {
  listener: aListener().id,
  pool: aPool().id,
  monitor: aMonitor().id,
  policy: aPolicy().id,
  rule: aRule().id,
};

/** The same tree, where the deletion of this object failed. */
const without = (failed: string) =>
  aRead(
    Object.fromEntries(
      Object.entries(tree).map(([kind, objects]) => [
        kind,
        objects.map((object) => (object.id === failed ? { ...object, ...ERROR } : object)),
      ]),
    ),
    { [failed]: state },
  );

describe('an object whose deletion failed', () => {
  it.each([
    ['listener', () => updateListener(without(id.listener), id.listener, { name: 'kept' })],
    ['pool', () => updatePool(without(id.pool), id.pool, { name: 'kept' })],
    ['health monitor', () => updateHealthMonitor(without(id.monitor), id.monitor, { name: 'kept' })],
    ['L7 policy', () => updateL7Policy(without(id.policy), id.policy, { name: 'kept' })],
    ['L7 rule', () => updateL7Rule(without(id.rule), id.rule, { value: '/kept' })],
    ['member', () => updateMember(aRead(tree), member, { name: 'kept' })],
  ])('is kept by an update of it: %s', (_kind, update) => expect(update().updates).toHaveLength(1));

  it.each([
    ['listener', () => deleteListener(without(id.listener), id.listener)],
    ['pool', () => deletePool(without(id.pool), id.pool)],
    ['health monitor', () => deleteHealthMonitor(without(id.monitor), id.monitor)],
    ['L7 policy', () => deleteL7Policy(without(id.policy), id.policy)],
    ['L7 rule', () => deleteL7Rule(without(id.rule), id.rule)],
    ['member', () => deleteMember(aRead(tree), member)],
  ])('can be deleted again: %s', (_kind, deletion) => expect(deletion().deletes).toHaveLength(1));

  it.each([
    [
      'default pool of a new listener',
      () => createListener(without(id.pool), aListener(2, { protocol_port: 81, default_pool_id: id.pool })),
    ],
    ['default pool of a listener', () => updateListener(without(id.pool), id.listener, { default_pool_id: id.pool })],
    [
      'pool that a new policy redirects to',
      () => createL7Policy(without(id.pool), aPolicy(2, { redirect_pool_id: id.pool })),
    ],
    ['listener of a new pool', () => createPool(without(id.listener), aPool(2), id.listener)],
    [
      'pool of a member that is updated',
      () => updateMember(without(id.pool), { member: aMember(), state: aChangeState() }, {}),
    ],
    [
      'pool of a member that is deleted',
      () => deleteMember(without(id.pool), { member: aMember(), state: aChangeState() }),
    ],
    ['pool of a new member', () => createMember(without(id.pool), aMember(2))],
    ['pool of a health monitor', () => updateHealthMonitor(without(id.pool), id.monitor, {})],
    ['listener of a policy', () => updateL7Policy(without(id.listener), id.policy, {})],
    ['policy of a new rule', () => createL7Rule(without(id.policy), aRule(2))],
    ['policy of a rule', () => deleteL7Rule(without(id.policy), id.rule)],
  ])('is referred to by nothing that changes: %s', (_what, change) => expect(change).toThrow(ImmutableChildError));

  it('holds its port, its place and its name until it is gone', () => {
    expect(() => createListener(without(id.listener), aListener(1))).toThrow(DuplicateListenerError);
    expect(() => createHealthMonitor(without(id.monitor), aMonitor(2))).toThrow(HealthMonitorExistsError);
  });

  it('moves along with nothing, and takes no position among policies', () => {
    expect(outline(createL7Policy(without(id.policy), aPolicy(2, { position: 5 }))).updates).toEqual({});
    const read = without(id.listener);
    const user = aListener(1, { ...ERROR, default_pool_id: id.pool });
    expect(outline(updatePool({ ...read, tree: { ...read.tree, listeners: [user] } }, id.pool, {})).parents).toEqual(
      [],
    );
  });

  it('lets the pool be deleted that only it uses, and is not kept without that pool', () => {
    const redirecting = {
      ...tree,
      l7_policies: [aPolicy(1, { ...ERROR, action: 'REDIRECT_TO_POOL', redirect_pool_id: id.pool })],
    };
    expect(outline(deletePool(aRead(redirecting, { [id.policy]: state }), id.pool)).deletes).toEqual([id.pool]);
    const both = { [id.policy]: state, [id.pool]: state };
    expect(() => updateL7Policy(aRead(redirecting, both), id.policy, { name: 'kept' })).toThrow(ImmutableChildError);
    const listeners = [aListener(1, { ...ERROR, default_pool_id: id.pool })];
    const read = aRead({ ...tree, listeners }, { [id.listener]: state, [id.pool]: state });
    expect(() => updateListener(read, id.listener, { name: 'kept' })).toThrow(ImmutableChildError);
    expect(updateListener(read, id.listener, { default_pool_id: null }).updates).toHaveLength(1);
  });
});
