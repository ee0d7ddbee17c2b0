import { recountUsage } from '../../../lib/repositories/quotas/usage.ts';
import type { ApiDependencies } from '../dependencies.ts';
import type { ApiHandler } from '../request.ts';
import { requestedProject } from './find.ts';

/** DELETE /lbaas/quotas/{project_id}: back to the defaults; the project's objects are counted again. */
export const deletesQuota =
  ({ quotas }: Pick<ApiDependencies, 'quotas'>): ApiHandler =>
  async (request) => {
    const projectId = requestedProject(request);
    await (await quotas()).removeQuota(projectId);
    await recountUsage(projectId);
    return { status: 202 };
  };
