import { readStatistics } from '../../../lib/repositories/health/statistics.ts';
import { ApiError } from '../api-error.ts';
import type { ApiHandler } from '../request.ts';
import { requestedAmphora } from './find.ts';
import type { AmphoraStatsView } from './shape.ts';

/** GET /octavia/amphorae/{id}/stats: by listener. */
export const showAmphoraStats: ApiHandler = async (request) => {
  const { id, load_balancer_id } = await requestedAmphora(request);
  const rows = load_balancer_id === null ? [] : await readStatistics(load_balancer_id);
  const counted = rows
    .filter(({ amphora_id }) => amphora_id === id)
    .map(({ amphora_id, ...numbers }): AmphoraStatsView => ({ id: amphora_id, ...numbers }));
  if (counted.length === 0) throw new ApiError(404, `Amphora stats for ${id} not found.`);
  return { status: 200, body: { amphora_stats: counted } };
};
