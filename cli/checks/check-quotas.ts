import * as z from 'zod';
import { pathTo } from '../../lib/openstack/http/service-request.ts';
import type { Api } from '../api/client.ts';
import { finding, ok, type Result, skipped } from './check-access.ts';

/** Of a quota, from which on it is a finding. */
const NEARLY = 0.9;

const limit = z.int().nullable();
const quotaShape = z.object({ load_balancer: limit, listener: limit, pool: limit });
const identified = z.object({ id: z.string().max(100) });

const COUNTED = [
  ['load_balancer', 'loadbalancers'],
  ['listener', 'listeners'],
  ['pool', 'pools'],
] as const;

/** How much of its quotas the project has used. */
export const checkQuotas = async (api: Api): Promise<Result> => {
  const { projectId } = await api.session.signedIn();
  if (projectId === null) return skipped('quotas', 'the credentials name no project');
  const quota = await api.get(pathTo`/v2.0/lbaas/quotas/${projectId}`, 'quota', quotaShape);
  const used = await Promise.all(
    COUNTED.map(async ([resource, plural]) => {
      const most = quota[resource] ?? -1;
      if (most < 0) return { resource, count: 0, most };
      const query = [
        ['project_id', projectId],
        ['fields', 'id'],
      ] as const;
      return { resource, count: (await api.list(`/v2.0/lbaas/${plural}`, plural, identified, { query })).length, most };
    }),
  );
  const words = used.map(
    ({ resource, count, most }) => `${resource} ${most < 0 ? 'unlimited' : `${count} of ${most}`}`,
  );
  const full = used.filter(({ count, most }) => most >= 0 && count >= most * NEARLY);
  if (full.length === 0) return ok('quotas', words.join(', '));
  const remedy = `openstack loadbalancer quota set ${projectId}, or delete what is not needed`;
  return finding('quotas', words.join(', '), remedy, 'docs/api.md#every-operation');
};
