import type { Amphora } from '../../../lib/models/objects/amphora.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import type { ListenerStatistics } from '../../../lib/models/statistics.ts';
import { AmphoraStatus } from '../../../lib/models/statuses.ts';
import { readStatistics } from '../../../lib/repositories/health/statistics.ts';
import { readTree } from '../../../lib/repositories/objects/trees.ts';
import type { Totals } from './shape.ts';

const NOTHING: Totals = { bytes_in: 0, bytes_out: 0, active_connections: 0, total_connections: 0, request_errors: 0 };

/** Sums counters up. Connections are open in amphorae that are in use only; what the others have counted stays. */
const totalOf = (rows: readonly ListenerStatistics[], amphorae: readonly Pick<Amphora, 'id' | 'status'>[]): Totals => {
  const inUse = new Set(amphorae.filter(({ status }) => status === AmphoraStatus.ALLOCATED).map(({ id }) => id));
  return rows.reduce(
    (total, row) => ({
      bytes_in: total.bytes_in + row.bytes_in,
      bytes_out: total.bytes_out + row.bytes_out,
      active_connections: total.active_connections + (inUse.has(row.amphora_id) ? row.active_connections : 0),
      total_connections: total.total_connections + row.total_connections,
      request_errors: total.request_errors + row.request_errors,
    }),
    NOTHING,
  );
};

/** The sum over the listeners of a load balancer that count. */
export const findTotals = async (
  loadBalancerId: string,
  counts: (listenerId: string, tree: Pick<LoadBalancerTree, 'listeners'>) => boolean,
): Promise<Totals> => {
  const [rows, { tree }] = await Promise.all([
    readStatistics(loadBalancerId),
    readTree(loadBalancerId, { withMembers: false }),
  ]);
  return totalOf(
    rows.filter(({ listener_id }) => counts(listener_id, tree)),
    tree.amphorae,
  );
};
