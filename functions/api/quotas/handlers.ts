import { recountUsage } from '../../../lib/repositories/quotas/usage.ts';
import { ApiError } from '../answers/api-error.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedProject } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import { authorizeCaller, authorizeList, authorizeProject } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { ApiRequest } from '../request/request.ts';
import { quotaChanges, quotaFields, quotaView, SEARCHABLE_FIELDS, WRAPPING } from './definition.ts';

/** The project of the path, when the caller may do what the route does with its quota. @throws ApiError 403, 404 */
const requestedProject = (request: ApiRequest): string => {
  const projectId = request.params.project_id ?? '';
  authorizeProject(request, projectId);
  if (!/^[\x21-\x7e]{1,64}$/.test(projectId)) throw new ApiError(404, `Project ${projectId} not found.`);
  return projectId;
};

type Dependencies = Pick<ApiDependencies, 'settings' | 'quotas' | 'defaultQuota'>;

/** Everything that can be done with quotas. */
export const quotaHandlers = ({ settings, quotas, defaultQuota }: Dependencies) => ({
  /** GET /lbaas/quotas: of projects that have limits of their own. */
  list: async (request: ApiRequest) => {
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
  },

  /** GET /lbaas/quotas/{project_id}/default, and GET /lbaas/quotas/defaults, which is the caller's own project's. */
  showDefaults: async (request: ApiRequest) => {
    if (request.params.project_id === undefined) authorizeCaller(request);
    const project_id =
      request.params.project_id === undefined ? (request.caller.projectId ?? '') : requestedProject(request);
    return { status: 200, body: { quota: quotaView({ project_id }, defaultQuota()) } };
  },

  /** GET /lbaas/quotas/{project_id} */
  show: async (request: ApiRequest) => {
    const projectId = requestedProject(request);
    const quota = await (await quotas()).readQuota(projectId);
    return { status: 200, body: { quota: quotaView(quota, defaultQuota()) } };
  },

  /** PUT /lbaas/quotas/{project_id}; the project's objects are counted again. */
  update: async (request: ApiRequest) => {
    const fields = parseResource(request.body, { ...WRAPPING, fields: quotaFields });
    const projectId = requestedProject(request);
    const quota = await (await quotas()).changeQuota(projectId, quotaChanges(fields));
    await recountUsage(projectId);
    return { status: 202, body: { quota: quotaView(quota, defaultQuota()) } };
  },

  /** DELETE /lbaas/quotas/{project_id}: back to the defaults; the project's objects are counted again. */
  remove: async (request: ApiRequest) => {
    const projectId = requestedProject(request);
    await (await quotas()).removeQuota(projectId);
    await recountUsage(projectId);
    return { status: 202 };
  },
});
