import type { QuotaChanges } from '../../../lib/repositories/quotas/quotas.ts';
import { recountUsage } from '../../../lib/repositories/quotas/usage.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import type { ApiHandler } from '../request.ts';
import { type QuotaFields, quotaFields, WRAPPING } from './body.ts';
import { requestedProject } from './find.ts';
import { quotaView } from './view.ts';

/** Two resources have two spellings; the newer one counts where both are given. */
const changesOf = ({ loadbalancer, healthmonitor, ...others }: QuotaFields): QuotaChanges => ({
  ...others,
  ...(loadbalancer !== undefined && { load_balancer: loadbalancer }),
  ...(healthmonitor !== undefined && { health_monitor: healthmonitor }),
});

/** PUT /lbaas/quotas/{project_id}; the project's objects are counted again. */
export const updatesQuota =
  ({ quotas, defaultQuota }: Pick<ApiDependencies, 'quotas' | 'defaultQuota'>): ApiHandler =>
  async (request) => {
    const fields = parseResource(request.body, { ...WRAPPING, fields: quotaFields });
    const projectId = requestedProject(request);
    const { changeQuota } = await quotas();
    const quota = await changeQuota(projectId, changesOf(fields));
    await recountUsage(projectId);
    return { status: 202, body: { quota: quotaView(quota, defaultQuota()) } };
  };
