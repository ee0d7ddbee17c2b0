import type { L7Policy } from '../../../lib/models/l7.ts';
import type { Listener } from '../../../lib/models/listener.ts';
import type { Pool } from '../../../lib/models/pool.ts';
import type { LoadBalancerTree } from '../../../lib/models/tree.ts';
import { healthMonitorView } from '../health-monitors/view.ts';
import { l7PolicyView } from '../l7-policies/view.ts';
import { l7RuleView } from '../l7-rules/view.ts';
import { listenerView } from '../listeners/view.ts';
import { memberView } from '../members/view.ts';
import { poolView } from '../pools/view.ts';
import type { FullListenerView, FullLoadBalancerView, FullPolicyView, FullPoolView } from './tree-shapes.ts';
import { loadBalancerView } from './view.ts';

const fullPool = (pool: Pool, tree: LoadBalancerTree): FullPoolView => {
  const members = tree.members.filter(({ pool_id }) => pool_id === pool.id);
  const monitor = tree.health_monitors.find(({ pool_id }) => pool_id === pool.id);
  return {
    ...poolView(pool, { tree, members: new Map() }),
    members: members.map(memberView),
    healthmonitor: monitor === undefined ? null : healthMonitorView(monitor),
  };
};

const poolOf = (id: string | null, tree: LoadBalancerTree) => {
  const pool = tree.pools.find((one) => one.id === id);
  return pool === undefined ? null : fullPool(pool, tree);
};

const fullPolicy = (policy: L7Policy, tree: LoadBalancerTree): FullPolicyView => ({
  ...l7PolicyView(policy, tree),
  redirect_pool: poolOf(policy.redirect_pool_id, tree),
  rules: tree.l7_rules.filter(({ l7policy_id }) => l7policy_id === policy.id).map(l7RuleView),
});

const fullListener = (listener: Listener, tree: LoadBalancerTree): FullListenerView => ({
  ...listenerView(listener, tree),
  default_pool: poolOf(listener.default_pool_id, tree),
  l7policies: tree.l7_policies
    .filter(({ listener_id }) => listener_id === listener.id)
    .sort((left, right) => left.position - right.position)
    .map((policy) => fullPolicy(policy, tree)),
});

/** A load balancer as POST shows it: with all that hangs on it. */
export const fullView = (tree: LoadBalancerTree): FullLoadBalancerView => ({
  ...loadBalancerView(tree.load_balancer),
  listeners: tree.listeners.map((listener) => fullListener(listener, tree)),
  pools: tree.pools.map((pool) => fullPool(pool, tree)),
});
