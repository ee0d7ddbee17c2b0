import { readStatistics } from '../../../lib/repositories/health/statistics.ts';
import { readTree } from '../../../lib/repositories/objects/trees.ts';
import { requestedChild } from '../children/requested.ts';
import type { ApiHandler } from '../request.ts';
import { totalOf } from '../statistics/total.ts';

/** GET /lbaas/listeners/{id}/stats: the sum over its amphorae. */
export const showListenerStats: ApiHandler = async (request) => {
  const { id, load_balancer_id } = await requestedChild(request, 'listener');
  const [rows, { tree }] = await Promise.all([
    readStatistics(load_balancer_id),
    readTree(load_balancer_id, { withMembers: false }),
  ]);
  const counted = rows.filter(({ listener_id }) => listener_id === id);
  return { status: 200, body: { stats: totalOf(counted, tree.amphorae) } };
};
