import type { L7Policy } from '../../../lib/models/l7.ts';
import type { Listener } from '../../../lib/models/listener.ts';
import type { Pool } from '../../../lib/models/pool.ts';
import type { LoadBalancerTree } from '../../../lib/models/tree.ts';
import { answerBytes, MOST_ANSWER_BYTES } from '../answer-size.ts';
import { healthMonitorView } from '../health-monitors/view.ts';
import { l7PolicyView } from '../l7-policies/view.ts';
import { l7RuleView } from '../l7-rules/view.ts';
import { listenerView } from '../listeners/view.ts';
import { memberView } from '../members/view.ts';
import { poolView } from '../pools/view.ts';
import type { LoadBalancerView } from './shape.ts';
import type { FullListenerView, FullLoadBalancerView, FullPolicyView, FullPoolView } from './tree-shapes.ts';
import { loadBalancerView, withChildIds } from './view.ts';

const fullPool = (pool: Pool, tree: LoadBalancerTree): FullPoolView => {
  const members = tree.members.filter(({ pool_id }) => pool_id === pool.id);
  const monitor = tree.health_monitors.find(({ pool_id }) => pool_id === pool.id);
  return {
    ...poolView(pool, { tree, members: new Map() }),
    members: members.map(memberView),
    healthmonitor: monitor === undefined ? null : healthMonitorView(monitor),
  };
};

type FullPools = ReadonlyMap<string, FullPoolView>;

const poolOf = (id: string | null, pools: FullPools): FullPoolView | null =>
  id === null ? null : (pools.get(id) ?? null);

const fullPolicy = (policy: L7Policy, tree: LoadBalancerTree, pools: FullPools): FullPolicyView => ({
  ...l7PolicyView(policy, tree),
  redirect_pool: poolOf(policy.redirect_pool_id, pools),
  rules: tree.l7_rules.filter(({ l7policy_id }) => l7policy_id === policy.id).map(l7RuleView),
});

const fullListener = (listener: Listener, tree: LoadBalancerTree, pools: FullPools): FullListenerView => ({
  ...listenerView(listener, tree),
  default_pool: poolOf(listener.default_pool_id, pools),
  l7policies: tree.l7_policies
    .filter(({ listener_id }) => listener_id === listener.id)
    .sort((left, right) => left.position - right.position)
    .map((policy) => fullPolicy(policy, tree, pools)),
});

/**
 * A load balancer as POST shows it: with all that hangs on it. It is made whatever the answer is: one that would be too
 * large shows what is below it by ids, as GET does.
 */
export const fullView = (tree: LoadBalancerTree): FullLoadBalancerView | LoadBalancerView => {
  const own = loadBalancerView(tree.load_balancer);
  // A pool that many listeners use is made, and measured, once.
  const pools = new Map(tree.pools.map((pool) => [pool.id, fullPool(pool, tree)]));
  const full: FullLoadBalancerView = {
    ...own,
    listeners: tree.listeners.map((listener) => fullListener(listener, tree, pools)),
    pools: [...pools.values()],
  };
  if (answerBytes(full) <= MOST_ANSWER_BYTES) return full;
  const ids = (objects: readonly { readonly id: string }[]) => objects.map(({ id }) => id);
  return withChildIds(own, { listeners: ids(tree.listeners), pools: ids(tree.pools) });
};
