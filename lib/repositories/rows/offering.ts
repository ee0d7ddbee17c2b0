import * as z from 'zod';
import type { Offering, OfferingProfile } from '../../models/offering.ts';

/** Each row counts what refers to it: it can be removed, and a profile changed, only at zero. */
interface Counted {
  readonly in_use: number;
}

export const offeringRow: z.ZodType<Offering & Counted> = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  enabled: z.boolean(),
  profile_id: z.string(),
  created_at: z.string(),
  in_use: z.number(),
});

export const offeringProfileRow: z.ZodType<OfferingProfile & Counted> = z.object({
  id: z.string(),
  name: z.string(),
  provider_name: z.string(),
  data: z.string(),
  created_at: z.string(),
  in_use: z.number(),
});
