import * as z from 'zod';
import type { Quota, QuotaNumbers, QuotaResource } from '../../../lib/models/objects/quota.ts';
import type { QuotaChanges } from '../../../lib/repositories/quotas/quotas.ts';
import { attributes, integer } from '../fields/fields.ts';
import { mapped } from '../fields/resource.ts';
import { string } from '../views/shapes.ts';

/** The fields of a quota, and what each limits. Two resources have two spellings; the first one counts where both are given. */
const LIMITS = {
  loadbalancer: 'load_balancer',
  load_balancer: 'load_balancer',
  listener: 'listener',
  member: 'member',
  pool: 'pool',
  healthmonitor: 'health_monitor',
  health_monitor: 'health_monitor',
  l7policy: 'l7policy',
  l7rule: 'l7rule',
} as const satisfies Readonly<Record<string, QuotaResource>>;

type Each<Value> = { readonly [Name in keyof typeof LIMITS]: Value };

const limit = integer(-1, 2_000_000_000).nullish();

/** Fields of PUT; null goes back to the default. */
export const quotaFields = attributes(mapped<Each<typeof limit>>(LIMITS, () => limit));

/** What upstream's messages call the body. */
export const WRAPPING = { argument: 'quotas', wrapper: 'quota' } as const;

/** What a PUT changes. */
export const quotaChanges = ({
  loadbalancer,
  healthmonitor,
  ...others
}: z.infer<typeof quotaFields>): QuotaChanges => ({
  ...others,
  ...(loadbalancer !== undefined && { load_balancer: loadbalancer }),
  ...(healthmonitor !== undefined && { health_monitor: healthmonitor }),
});

/** The limits that hold for a project. */
export const quotaView = (quota: Quota, defaults: QuotaNumbers) => {
  const limits = { ...defaults, ...quota };
  return {
    project_id: quota.project_id,
    tenant_id: quota.project_id,
    ...mapped<Each<number>>(LIMITS, (name) => limits[LIMITS[name]]),
  };
};

/** Fields a list of quotas can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = ['project_id', ...Object.keys(LIMITS)];

/** The shape of answers; -1 is any number. Handlers never need it. */
export const describeQuota = () =>
  z
    .strictObject({
      project_id: string(),
      tenant_id: string(),
      ...mapped<Each<z.ZodType<number>>>(LIMITS, () => z.int().min(-1)),
    })
    .meta({ id: 'Quota' });
