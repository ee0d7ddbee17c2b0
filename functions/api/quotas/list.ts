import { authorizeList } from '../authorization.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedProject } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import type { ApiHandler } from '../request.ts';
import { quotaView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/quotas: of projects that have limits of their own. */
export const listsQuotas =
  ({ settings, quotas, defaultQuota }: Pick<ApiDependencies, 'settings' | 'quotas' | 'defaultQuota'>): ApiHandler =>
  async (request) => {
    const global = 'os_load-balancer_api:quota:get_all-global';
    const projectId = authorizeList(request, global, askedProject(request.query));
    const { listQuotas } = await quotas();
    const found = (await listQuotas()).filter((quota) => projectId === null || quota.project_id === projectId);
    const views = new Map(found.map((quota) => [quota.project_id, quotaView(quota, defaultQuota())]));
    const listing = {
      plural: 'quotas',
      searchable: SEARCHABLE_FIELDS,
      maxLimit: settings().paginationMaxLimit,
      complete: async (page: readonly View[]) => page.map(({ id }) => ({ ...views.get(String(id)) })),
    };
    return await listAnswer(
      request,
      listing,
      [...views].map(([id, view]) => ({ ...view, id })),
    );
  };
