import type { L7Policy } from '../../../lib/models/objects/l7.ts';
import type { Listener } from '../../../lib/models/objects/listener.ts';
import type { HealthMonitor, Pool } from '../../../lib/models/objects/pool.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import { answerBytes, MOST_ANSWER_BYTES } from '../answers/answer-size.ts';
import { HEALTH_MONITOR } from '../health-monitors/definition.ts';
import { L7_POLICY } from '../l7-policies/definition.ts';
import { L7_RULE } from '../l7-rules/definition.ts';
import { LISTENER } from '../listeners/definition.ts';
import { MEMBER } from '../members/definition.ts';
import { POOL } from '../pools/definition.ts';
import { LOAD_BALANCER } from './definition.ts';
import type {
  FullListenerView,
  FullLoadBalancerView,
  FullMonitorView,
  FullPolicyView,
  FullPoolView,
} from './tree-shapes.ts';

const fullMonitor = (monitor: HealthMonitor): FullMonitorView => {
  const { pools: _above, ...own } = HEALTH_MONITOR.view(monitor, null);
  return own;
};

const fullPool = (pool: Pool, tree: LoadBalancerTree): FullPoolView => {
  const members = tree.members.filter(({ pool_id }) => pool_id === pool.id);
  const monitor = tree.health_monitors.find(({ pool_id }) => pool_id === pool.id);
  const { loadbalancers: _above, healthmonitor_id: _below, ...own } = POOL.view(pool, { tree, members: new Map() });
  return {
    ...own,
    members: members.map((one) => MEMBER.view(one, null)),
    healthmonitor: monitor === undefined ? null : fullMonitor(monitor),
  };
};

const fullPolicy = (policy: L7Policy, tree: LoadBalancerTree): FullPolicyView => ({
  ...L7_POLICY.view(policy, tree),
  rules: tree.l7_rules.filter(({ l7policy_id }) => l7policy_id === policy.id).map((one) => L7_RULE.view(one, null)),
});

const fullListener = (listener: Listener, tree: LoadBalancerTree): FullListenerView => {
  const { loadbalancers: _above, ...own } = LISTENER.view(listener, tree);
  return {
    ...own,
    l7policies: tree.l7_policies
      .filter(({ listener_id }) => listener_id === listener.id)
      .sort((left, right) => left.position - right.position)
      .map((policy) => fullPolicy(policy, tree)),
  };
};

/**
 * A load balancer as POST shows it: with everything below it, each object once, and pools by their ids. It is built after the
 * commit, so it cannot be refused: an answer that would be too large shows what is below by ids, as GET does.
 */
export const fullView = (tree: LoadBalancerTree) => {
  const full: FullLoadBalancerView = {
    ...LOAD_BALANCER.view(tree.load_balancer, null),
    listeners: tree.listeners.map((listener) => fullListener(listener, tree)),
    pools: tree.pools.map((pool) => fullPool(pool, tree)),
  };
  if (answerBytes(full) <= MOST_ANSWER_BYTES) return full;
  const ids = (objects: readonly { readonly id: string }[]) => objects.map(({ id }) => id);
  return LOAD_BALANCER.view(tree.load_balancer, { listeners: ids(tree.listeners), pools: ids(tree.pools) });
};
