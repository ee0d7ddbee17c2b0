import type { LoadBalancerObject } from '../base.ts';
import { type ChangeState, isLeaving } from './change.ts';
import type { L7Policy, L7Rule } from './l7.ts';
import type { Listener } from './listener.ts';
import type { LoadBalancerTree } from './tree.ts';

type Changes = ReadonlyMap<string, ChangeState>;
type Stored = Pick<LoadBalancerObject, 'id' | 'provisioning_status'>;

/** True for a row whose wanted values must not reach an amphora. */
export type LeftOut = (objectId: string, state: ChangeState) => boolean;

/** What was refused already. */
export const isRejected: LeftOut = (_objectId, state) => state.rejected;

/** That, and what these objects want. */
export const leavesOut =
  (objects: ReadonlySet<string>): LeftOut =>
  (objectId, state) =>
    state.rejected || objects.has(objectId);

/** The object as the amphorae should have it, or null when they should not know it at all. */
const effective = <T extends Stored>(object: T, changes: Changes, leftOut: LeftOut): T | null => {
  const state = changes.get(object.id);
  if (isLeaving(object, state)) return null;
  if (state === undefined || !leftOut(object.id, state)) return object;
  return state.was_applied ? { ...object, ...state.applied } : null;
};

const existing = (id: string | null, ids: ReadonlySet<string>): string | null =>
  id !== null && ids.has(id) ? id : null;

/**
 * The tree whose configuration should run: wanted values, except where they were refused (or are left out for a try),
 * where the former values stay. It has no object whose deletion is wanted. What refers to an object that is left out no
 * longer does.
 */
export const effectiveTree = (
  tree: LoadBalancerTree,
  changes: Changes,
  leftOut: LeftOut = isRejected,
): LoadBalancerTree => {
  const kept = <T extends Stored>(objects: readonly T[]): readonly T[] =>
    objects.flatMap((object) => effective(object, changes, leftOut) ?? []);
  const pools = kept(tree.pools);
  const poolIds = new Set(pools.map(({ id }) => id));
  const listeners = kept(tree.listeners).map(
    (listener): Listener => ({ ...listener, default_pool_id: existing(listener.default_pool_id, poolIds) }),
  );
  const listenerIds = new Set(listeners.map(({ id }) => id));
  const policies = kept(tree.l7_policies).filter(
    (policy: L7Policy) =>
      listenerIds.has(policy.listener_id) && (policy.redirect_pool_id === null || poolIds.has(policy.redirect_pool_id)),
  );
  const policyIds = new Set(policies.map(({ id }) => id));
  return {
    ...tree,
    listeners,
    pools,
    members: kept(tree.members).filter(({ pool_id }) => poolIds.has(pool_id)),
    health_monitors: kept(tree.health_monitors).filter(({ pool_id }) => poolIds.has(pool_id)),
    l7_policies: policies,
    l7_rules: kept(tree.l7_rules).filter(({ l7policy_id }) => policyIds.has(l7policy_id)),
  };
};

/**
 * New policies that miss a rule, each with that rule: without it they would act on more than was wanted. A policy that
 * acted before its rule came stays as it was.
 */
export const policiesMissingRules = (
  { l7_policies, l7_rules }: Pick<LoadBalancerTree, 'l7_policies' | 'l7_rules'>,
  changes: Changes,
  leftOut: LeftOut = isRejected,
): readonly { readonly policy: L7Policy; readonly rule: L7Rule }[] => {
  const stays = (object: L7Policy | L7Rule) => !isLeaving(object, changes.get(object.id));
  const isNew = ({ id }: L7Policy | L7Rule) => changes.get(id)?.was_applied === false;
  const isOut = ({ id }: L7Policy | L7Rule) => {
    const state = changes.get(id);
    return state !== undefined && leftOut(id, state);
  };
  return l7_policies
    .filter((policy) => stays(policy) && isNew(policy) && !isOut(policy))
    .flatMap((policy) => {
      const rule = l7_rules.find((one) => one.l7policy_id === policy.id && stays(one) && isNew(one) && isOut(one));
      return rule === undefined ? [] : [{ policy, rule }];
    });
};
