import * as z from 'zod';

const limit = () => z.int().min(-1);

/** The limits that hold for a project; -1 for any number. */
export const quotaShape = z
  .strictObject({
    project_id: z.string(),
    tenant_id: z.string(),
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
