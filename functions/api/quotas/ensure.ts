import { QUOTA_RESOURCES, type QuotaNumbers, type QuotaResource } from '../../../lib/models/quota.ts';
import { countOf } from '../../../lib/repositories/usage.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { quotaMet } from '../refusals.ts';
import type { ApiRequest } from '../request.ts';

const TOLD_AS: Readonly<Record<QuotaResource, string>> = Object.freeze({
  load_balancer: 'Load Balancer',
  listener: 'Listener',
  pool: 'Pool',
  member: 'Member',
  health_monitor: 'Health Monitor',
  l7policy: 'L7 Policy',
  l7rule: 'L7 Rule',
});

/**
 * Whether a project may have that many more. What has no limit is not counted; where nobody is asked who they are,
 * nothing is. Two requests at once may both find the last place free.
 * @throws ApiError 403 naming every resource that is at its limit
 */
export const ensureQuota = async (
  { quotas, defaultQuota }: Pick<ApiDependencies, 'quotas' | 'defaultQuota'>,
  { caller }: ApiRequest,
  projectId: string,
  wanted: Partial<QuotaNumbers>,
): Promise<void> => {
  if (caller.unrestricted) return;
  const asked = QUOTA_RESOURCES.filter((resource) => (wanted[resource] ?? 0) > 0);
  if (asked.length === 0) return;
  const limits = { ...defaultQuota(), ...(await (await quotas()).readQuota(projectId)) };
  const met = await Promise.all(
    asked.map(async (resource) => {
      const limit = limits[resource];
      if (limit < 0) return [];
      return (await countOf(resource, projectId)) + (wanted[resource] ?? 0) > limit ? [TOLD_AS[resource]] : [];
    }),
  );
  if (met.flat().length > 0) throw quotaMet(met.flat());
};
