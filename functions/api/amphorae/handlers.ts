import { AmphoraNotFound } from '../../../lib/errors/not-found.ts';
import type { Amphora } from '../../../lib/models/objects/amphora.ts';
import { AmphoraStatus } from '../../../lib/models/statuses.ts';
import { getAmphora } from '../../../lib/repositories/fleet/amphora-commits.ts';
import { readStatistics } from '../../../lib/repositories/health/statistics.ts';
import type { OperationHandle } from '../../../lib/worker/operation-handle.ts';
import { ApiError } from '../answers/api-error.ts';
import { pathId } from '../fields/path-id.ts';
import { askedFields } from '../lists/list-query.ts';
import { operationHeader } from '../operations/operation-header.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import { type ApiHandler, type ApiRequest, requesterOf } from '../request/request.ts';
import { narrow } from '../views/common.ts';
import { showHealth } from './health.ts';
import { listsAmphorae } from './list.ts';
import type { AmphoraStatsView } from './shape.ts';
import { amphoraView } from './view.ts';

/** The amphora of the path; amphorae are no tenant's. @throws AmphoraNotFound missing or deleted @throws ApiError 403 */
const requestedAmphora = async (request: ApiRequest): Promise<Amphora> => {
  authorizeProject(request, null);
  const found = await getAmphora(pathId(request.params, 'id', (id) => new AmphoraNotFound(id)));
  if (found.status === AmphoraStatus.DELETED) throw new AmphoraNotFound(found.id);
  return found;
};

/** Everything that operators do with amphorae. */
export const amphoraHandlers = ({ settings, repairs }: Pick<ApiDependencies, 'settings' | 'repairs'>) => {
  type Repairs = ReturnType<typeof repairs>;
  const repaired =
    (status: number, repair: (worker: Repairs, id: string) => Promise<OperationHandle>): ApiHandler =>
    async (request) => {
      const { id } = await requestedAmphora(request);
      return { status, headers: operationHeader(await repair(repairs(requesterOf(request)), id)) };
    };

  return {
    list: listsAmphorae(settings),

    /** GET /octavia/amphorae/{id} */
    show: async (request: ApiRequest) => {
      const view = amphoraView(await requestedAmphora(request));
      return { status: 200, body: { amphora: narrow(view, askedFields(request.query)) } };
    },

    /** GET /octavia/amphorae/{id}/stats: by listener. */
    showStats: async (request: ApiRequest) => {
      const { id, load_balancer_id } = await requestedAmphora(request);
      const rows = load_balancer_id === null ? [] : await readStatistics(load_balancer_id);
      const counted = rows
        .filter(({ amphora_id }) => amphora_id === id)
        .map(({ amphora_id, ...numbers }): AmphoraStatsView => ({ id: amphora_id, ...numbers }));
      if (counted.length === 0) throw new ApiError(404, `Amphora stats for ${id} not found.`);
      return { status: 200, body: { amphora_stats: counted } };
    },

    /** DELETE /octavia/amphorae/{id}: one that carries no traffic. */
    remove: repaired(204, (worker, id) => worker.deleteAmphora(id)),

    /** PUT /octavia/amphorae/{id}/failover */
    failOver: repaired(202, (worker, id) => worker.failoverAmphora(id)),

    /** PUT /octavia/amphorae/{id}/config: the agent gets its configuration again. */
    configure: repaired(202, (worker, id) => worker.updateAmphoraAgentConfig(id)),

    showHealth,
  };
};
