import { describe, expect, it } from 'vitest';
import type { ChangeState } from '../../../../../lib/models/objects/change.ts';
import { effectiveTree, leavesOut, policiesMissingRules } from '../../../../../lib/models/objects/effective-tree.ts';
import { aChangeState } from '../../../../fixtures/change-state.ts';
import { aListener, aMember, aMonitor, aPolicy, aPool, aRule, aTree } from '../../../../fixtures/render/tree.ts';

const state = (change: Partial<ChangeState> = {}): ChangeState => aChangeState({ was_applied: false, ...change });
const refused = state({ rejected: true });
const pool = aPool();
const listener = aListener(1, { default_pool_id: pool.id });
const redirecting = aPolicy(1, { action: 'REDIRECT_TO_POOL', redirect_pool_id: pool.id });
const whole = aTree({
  listeners: [listener],
  pools: [pool],
  members: [aMember()],
  health_monitors: [aMonitor()],
  l7_policies: [redirecting, aPolicy(2)],
  l7_rules: [aRule(), aRule(2, { l7policy_id: aPolicy(2).id })],
});

describe('the tree that should run', () => {
  it('is the wanted one while nothing is refused', () => {
    expect(effectiveTree(whole, new Map([[pool.id, state()]]))).toEqual(whole);
  });

  it('has a refused update with its former values', () => {
    const tree = aTree({ members: [aMember(1, { weight: 9, name: 'new' })], pools: [pool] });
    const changes = new Map([[aMember().id, state({ rejected: true, was_applied: true, applied: { weight: 1 } })]]);
    expect(effectiveTree(tree, changes).members).toMatchObject([{ weight: 1, name: 'new' }]);
  });

  it('lacks a refused pool, what is in it, and every way to it', () => {
    const tree = effectiveTree(whole, new Map([[pool.id, refused]]));
    expect([tree.pools, tree.members, tree.health_monitors]).toEqual([[], [], []]);
    expect(tree.listeners).toMatchObject([{ id: listener.id, default_pool_id: null }]);
    expect(tree.l7_policies).toMatchObject([{ id: aPolicy(2).id }]);
    expect(tree.l7_rules).toMatchObject([{ id: aRule(2).id }]);
  });

  it('lacks a refused listener with its policies and rules, and keeps the pool', () => {
    const tree = effectiveTree(whole, new Map([[listener.id, refused]]));
    expect([tree.listeners, tree.l7_policies, tree.l7_rules]).toEqual([[], [], []]);
    expect(tree.pools).toHaveLength(1);
  });

  it('leaves out what some objects want, for a try', () => {
    const changes = new Map([
      [aMember().id, state()],
      [aMonitor().id, state()],
    ]);
    const tree = effectiveTree(whole, changes, leavesOut(new Set([aMonitor().id])));
    expect([tree.members.length, tree.health_monitors.length]).toEqual([1, 0]);
  });

  it('lacks an object that is being deleted, also one whose former values were to stay', () => {
    const going = aListener(1, { provisioning_status: 'PENDING_DELETE', connection_limit: 7 });
    const refusedBefore = state({ rejected: true, was_applied: true, applied: { connection_limit: 1 } });
    for (const change of [state({ was_applied: true }), refusedBefore]) {
      expect(effectiveTree(aTree({ listeners: [going] }), new Map([[going.id, change]])).listeners).toEqual([]);
    }
  });

  it('lacks an object of any kind whose deletion failed, and what refers to it', () => {
    const gone = state({ was_applied: true, deletion_failed: true });
    const without = (id: string) => effectiveTree(whole, new Map([[id, gone]]));
    expect(without(aMember().id).members).toEqual([]);
    expect(without(aMonitor().id).health_monitors).toEqual([]);
    expect(without(aPolicy(2).id)).toMatchObject({
      l7_policies: [{ id: redirecting.id }],
      l7_rules: [{ id: aRule().id }],
    });
    expect(without(aRule().id).l7_rules).toMatchObject([{ id: aRule(2).id }]);
    expect(without(listener.id)).toMatchObject({ listeners: [], l7_policies: [], l7_rules: [] });
    expect(without(pool.id)).toMatchObject({ pools: [], members: [], listeners: [{ default_pool_id: null }] });
  });
});

describe('a new policy that misses a rule', () => {
  const tree = { l7_policies: [aPolicy()], l7_rules: [aRule(1), aRule(2)] };
  const missing = (changes: Readonly<Record<string, ChangeState>>, of = tree) =>
    policiesMissingRules(of, new Map(Object.entries(changes))).map(({ policy, rule }) => [policy.id, rule.id]);

  it('has the rule that was refused in its reason', () => {
    expect(missing({ [aPolicy().id]: state(), [aRule(1).id]: state(), [aRule(2).id]: refused })).toEqual([
      [aPolicy().id, aRule(2).id],
    ]);
  });

  it('is none that acted before, that is refused itself, or whose rule acted before or goes away', () => {
    const rules = { [aRule(2).id]: refused };
    expect(missing({ ...rules, [aPolicy().id]: state({ was_applied: true }) })).toEqual([]);
    expect(missing({ ...rules, [aPolicy().id]: refused })).toEqual([]);
    expect(missing({ [aPolicy().id]: state(), [aRule(2).id]: state({ rejected: true, was_applied: true }) })).toEqual(
      [],
    );
    const going = { ...tree, l7_rules: [aRule(2, { provisioning_status: 'PENDING_DELETE' })] };
    expect(missing({ ...rules, [aPolicy().id]: state() }, going)).toEqual([]);
  });
});
