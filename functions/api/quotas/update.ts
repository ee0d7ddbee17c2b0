import type { Quota } from '../../../lib/models/quota.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import type { ApiHandler } from '../request.ts';
import { type QuotaFields, quotaFields, WRAPPING } from './body.ts';
import { requestedProject } from './find.ts';
import { quotaView } from './view.ts';

/** The limits as they will be: absent stays, null is at its default from now on. */
const changed = (quota: Quota, fields: QuotaFields): Quota => {
  const { loadbalancer, healthmonitor, ...others } = fields;
  const given = {
    ...(loadbalancer !== undefined && { load_balancer: loadbalancer }),
    ...(healthmonitor !== undefined && { health_monitor: healthmonitor }),
    ...others,
  };
  const limits = Object.entries({ ...quota, ...given }).filter(([, limit]) => limit !== null && limit !== undefined);
  return { ...Object.fromEntries(limits), project_id: quota.project_id };
};

/** PUT /lbaas/quotas/{project_id} */
export const updatesQuota =
  ({ quotas, defaultQuota }: Pick<ApiDependencies, 'quotas' | 'defaultQuota'>): ApiHandler =>
  async (request) => {
    const fields = parseResource(request.body, { ...WRAPPING, fields: quotaFields });
    const projectId = requestedProject(request);
    const { readQuota, writeQuota } = await quotas();
    const quota = changed(await readQuota(projectId), fields);
    await writeQuota(quota);
    return { status: 202, body: { quota: quotaView(quota, defaultQuota()) } };
  };
