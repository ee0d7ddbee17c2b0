import * as z from 'zod';
import { attributes, bool, text } from '../fields/fields.ts';
import { instant } from '../views/shapes.ts';

/** Fields of PUT. */
export const freezeFields = attributes({
  enabled: bool(),
  /** Shown with every refusal. */
  reason: text(255).optional(),
});

export const WRAPPING = { argument: 'freeze', wrapper: 'freeze' } as const;

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
