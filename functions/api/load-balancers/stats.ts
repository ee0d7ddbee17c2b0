import { readStatistics } from '../../../lib/repositories/health/statistics.ts';
import { readTree } from '../../../lib/repositories/objects/trees.ts';
import type { ApiHandler } from '../request.ts';
import { totalOf } from '../statistics/total.ts';
import { requestedLoadBalancer } from './find.ts';

/** GET /lbaas/loadbalancers/{id}/stats: the sum over its listeners. */
export const showStats: ApiHandler = async (request) => {
  const { id } = await requestedLoadBalancer(request);
  const [rows, { tree }] = await Promise.all([readStatistics(id), readTree(id, { withMembers: false })]);
  const listeners = new Set(tree.listeners.map((listener) => listener.id));
  const counted = rows.filter(({ listener_id }) => listeners.has(listener_id));
  return { status: 200, body: { stats: totalOf(counted, tree.amphorae) } };
};
