import type { ApiDependencies } from '../dependencies.ts';
import type { ApiHandler } from '../request.ts';
import { requestedProject } from './find.ts';
import { quotaView } from './view.ts';

/** GET /lbaas/quotas/{project_id} */
export const showsQuota =
  ({ quotas, defaultQuota }: Pick<ApiDependencies, 'quotas' | 'defaultQuota'>): ApiHandler =>
  async (request) => {
    const projectId = requestedProject(request);
    const quota = await (await quotas()).readQuota(projectId);
    return { status: 200, body: { quota: quotaView(quota, defaultQuota()) } };
  };
