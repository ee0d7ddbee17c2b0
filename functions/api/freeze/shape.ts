import * as z from 'zod';
import { instant } from '../views/shapes.ts';

/** Whether the worker is frozen, why, since when, and by which user. */
export const freezeShape = z
  .strictObject({
    enabled: z.boolean(),
    reason: z.string().nullable(),
    since: instant().nullable(),
    user_id: z.string().nullable(),
  })
  .meta({ id: 'Freeze' });
export type FreezeView = z.infer<typeof freezeShape>;
