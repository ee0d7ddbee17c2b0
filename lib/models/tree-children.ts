import { type ChangeState, isLeaving } from './change.ts';
import type { Child } from './child.ts';
import type { ProvisioningStatus } from './statuses.ts';
import type { LoadBalancerTree } from './tree.ts';

/** Everything below a load balancer, leaves first, so that removing in this order leaves no child without its parent. */
export const childrenOf = (tree: LoadBalancerTree): readonly Child[] => [
  ...tree.l7_rules.map((object): Child => ({ kind: 'l7_rule', object })),
  ...tree.l7_policies.map((object): Child => ({ kind: 'l7_policy', object })),
  ...tree.members.map((object): Child => ({ kind: 'member', object })),
  ...tree.health_monitors.map((object): Child => ({ kind: 'health_monitor', object })),
  ...tree.pools.map((object): Child => ({ kind: 'pool', object })),
  ...tree.listeners.map((object): Child => ({ kind: 'listener', object })),
];

/** Ids of everything that is deleted when what is to be deleted is: with a pool its members, and so on. */
export const doomedIds = (tree: LoadBalancerTree, changes: ReadonlyMap<string, ChangeState>): ReadonlySet<string> => {
  const doomed = new Set<string>();
  const doom = <T extends { readonly id: string; readonly provisioning_status: ProvisioningStatus }>(
    objects: readonly T[],
    parent: (object: T) => string,
  ) => {
    for (const object of objects) {
      if (isLeaving(object, changes.get(object.id)) || doomed.has(parent(object))) doomed.add(object.id);
    }
  };
  doom(tree.listeners, ({ load_balancer_id }) => load_balancer_id);
  doom(tree.pools, ({ load_balancer_id }) => load_balancer_id);
  doom(tree.members, ({ pool_id }) => pool_id);
  doom(tree.health_monitors, ({ pool_id }) => pool_id);
  doom(tree.l7_policies, ({ listener_id }) => listener_id);
  doom(tree.l7_rules, ({ l7policy_id }) => l7policy_id);
  return doomed;
};
