import { authorizeList } from '../authorization.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedProject } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { listedQuotaView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/quotas: of projects that have limits of their own. */
export const listsQuotas =
  ({ settings, quotas, defaultQuota }: Pick<ApiDependencies, 'settings' | 'quotas' | 'defaultQuota'>): ApiHandler =>
  async (request) => {
    const global = 'os_load-balancer_api:quota:get_all-global';
    const projectId = authorizeList(request, global, askedProject(request.query));
    const { listQuotas } = await quotas();
    const found = (await listQuotas()).filter((quota) => projectId === null || quota.project_id === projectId);
    const listing = { plural: 'quotas', searchable: SEARCHABLE_FIELDS, maxLimit: settings().paginationMaxLimit };
    return await listAnswer(
      request,
      listing,
      found.map((quota) => listedQuotaView(quota, defaultQuota())),
    );
  };
