import * as z from 'zod';

const limit = () => z.int().min(-1);

/** The limits that hold; -1 for any number. */
export const quotaShape = z
  .strictObject({
    loadbalancer: limit(),
    load_balancer: limit(),
    listener: limit(),
    pool: limit(),
    member: limit(),
    healthmonitor: limit(),
    health_monitor: limit(),
    l7policy: limit(),
    l7rule: limit(),
  })
  .meta({ id: 'Quota' });
export type QuotaView = z.infer<typeof quotaShape>;

/** The limits of a project, in a list of several. */
export const listedQuotaShape = z
  .strictObject({ ...quotaShape.shape, id: z.string(), project_id: z.string(), tenant_id: z.string() })
  .meta({ id: 'ProjectQuota' });
export type ListedQuotaView = z.infer<typeof listedQuotaShape>;
