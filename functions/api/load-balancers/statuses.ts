import type { NamedObject } from '../../../lib/models/base.ts';
import { byCreation } from '../../../lib/models/by-creation.ts';
import type { Listener } from '../../../lib/models/objects/listener.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import { getTree } from '../../../lib/repositories/objects/trees.ts';
import { answerBytes, MOST_ANSWER_BYTES } from '../answers/answer-size.ts';
import { answerTooLarge } from '../answers/refusals.ts';
import type { ApiHandler } from '../request/request.ts';
import { requestedLoadBalancer } from './find.ts';
import type { PoolStatusView, StatusTreeView, StatusView } from './tree-shapes.ts';

/** The part of a tree that has statuses to show. */
export type StatusSource = Omit<LoadBalancerTree, 'load_balancer' | 'amphorae'> & {
  readonly load_balancer: NamedObject;
};

const statusOf = ({ id, name, provisioning_status, operating_status }: NamedObject): StatusView => ({
  id,
  name,
  provisioning_status,
  operating_status,
});

/** Ids of the default pool, and then of the pools that enabled policies with rules send to, by position; each once. */
const poolIdsOf = (listener: Listener, tree: StatusSource): readonly string[] => {
  const redirects = tree.l7_policies
    .filter(({ listener_id, enabled }) => listener_id === listener.id && enabled)
    .filter(({ id }) => tree.l7_rules.some((rule) => rule.l7policy_id === id))
    .toSorted((a, b) => a.position - b.position);
  const ids = [listener.default_pool_id, ...redirects.map(({ redirect_pool_id }) => redirect_pool_id)];
  return [...new Set(ids.flatMap((id) => id ?? []))];
};

const poolStatus = (pool: Pool, tree: StatusSource): PoolStatusView => {
  const monitor = tree.health_monitors.find(({ pool_id }) => pool_id === pool.id);
  return {
    ...statusOf(pool),
    health_monitor: monitor === undefined ? null : { ...statusOf(monitor), type: monitor.type },
    members: tree.members
      .filter(({ pool_id }) => pool_id === pool.id)
      .sort(byCreation)
      .map((member) => ({
        ...statusOf(member),
        address: member.ip_address,
        protocol_port: member.protocol_port,
      })),
  };
};

/** The tree of statuses, as listeners see it, in the order of creation: pools that no listener uses do not appear. */
export const statusTree = (tree: StatusSource): StatusTreeView => {
  // A pool that many listeners use is made, and measured, once.
  const statuses = new Map(tree.pools.map((pool) => [pool.id, poolStatus(pool, tree)]));
  return {
    loadbalancer: {
      ...statusOf(tree.load_balancer),
      listeners: tree.listeners.toSorted(byCreation).map((listener) => ({
        ...statusOf(listener),
        pools: poolIdsOf(listener, tree).flatMap((id) => statuses.get(id) ?? []),
      })),
    },
  };
};

/** GET /lbaas/loadbalancers/{id}/status, also as /statuses */
export const showStatuses: ApiHandler = async (request) => {
  const { id } = await requestedLoadBalancer(request);
  const statuses = statusTree(await getTree(id));
  const bytes = answerBytes(statuses);
  if (bytes > MOST_ANSWER_BYTES) {
    throw answerTooLarge(
      `The status tree of load balancer ${id}`,
      bytes,
      'list its listeners, its pools and their members instead, which have their statuses',
    );
  }
  return { status: 200, body: { statuses } };
};
