import type * as z from 'zod';
import { attributes, bool, text } from '../fields/fields.ts';

/** Fields of PUT. */
export const freezeFields = attributes({
  enabled: bool(),
  /** Shown with every refusal. */
  reason: text(255).optional(),
});
export type FreezeFields = z.infer<typeof freezeFields>;

export const WRAPPING = { argument: 'freeze', wrapper: 'freeze' } as const;
