import * as z from 'zod';
import type { FlavorOrZone, FlavorOrZoneProfile } from '../../models/flavors-and-zones.ts';
import { operatorsRow } from './base.ts';

/** Each row counts what refers to it: it can be removed, and a profile changed, only at zero. */
interface Counted {
  readonly in_use: number;
}

export const flavorOrZoneRow: z.ZodType<FlavorOrZone & Counted> = z.object({
  ...operatorsRow,
  description: z.string(),
  enabled: z.boolean(),
  profile_id: z.string(),
});

export const profileRow: z.ZodType<FlavorOrZoneProfile & Counted> = z.object({
  ...operatorsRow,
  provider_name: z.string(),
  data: z.string(),
});
