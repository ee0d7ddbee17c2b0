import * as z from 'zod';
import type { ChangeState } from '../../models/objects/change.ts';

/** Rows written before the first change was recorded count as applied as they are. */
export const changeState: z.ZodType<ChangeState> = z.object({
  operation_id: z.string().default(''),
  applied: z.record(z.string(), z.unknown()).nullable().default(null),
  was_applied: z.boolean().default(true),
  rejected: z.boolean().default(false),
  deletion_failed: z.boolean().default(false),
});
