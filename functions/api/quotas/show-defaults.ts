import { authorizeCaller } from '../authorization.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { ApiHandler } from '../request.ts';
import { requestedProject } from './find.ts';
import { quotaView } from './view.ts';

/** GET /lbaas/quotas/{project_id}/default, and GET /lbaas/quotas/defaults, which is the caller's own project's. */
export const showsDefaultQuota =
  ({ defaultQuota }: Pick<ApiDependencies, 'defaultQuota'>): ApiHandler =>
  async (request) => {
    if (request.params.project_id === undefined) authorizeCaller(request);
    const project_id =
      request.params.project_id === undefined ? (request.caller.projectId ?? '') : requestedProject(request);
    return { status: 200, body: { quota: quotaView({ project_id }, defaultQuota()) } };
  };
