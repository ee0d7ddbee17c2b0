import type * as z from 'zod';
import { attributes, integer } from '../fields/fields.ts';

const limit = () => integer(-1, 2_000_000_000).nullish();

/** Fields of PUT; two resources are also known by another spelling. null goes back to the default. */
export const quotaFields = attributes({
  loadbalancer: limit(),
  load_balancer: limit(),
  listener: limit(),
  member: limit(),
  pool: limit(),
  healthmonitor: limit(),
  health_monitor: limit(),
  l7policy: limit(),
  l7rule: limit(),
});
export type QuotaFields = z.infer<typeof quotaFields>;

/** What upstream's messages call the body. */
export const WRAPPING = { argument: 'quotas', wrapper: 'quota' } as const;
