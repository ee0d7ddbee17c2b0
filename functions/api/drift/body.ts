import type * as z from 'zod';
import { attributes, bool, listOf, uuid } from '../fields/fields.ts';

/** So many load balancers are looked at with one request. */
const MOST = 100;

/** Fields of POST. */
export const checkFields = attributes({
  loadbalancer_ids: listOf(uuid())
    .min(1, { error: 'Value should have at least one id' })
    .max(MOST, { error: `Value should have at most ${MOST} ids` }),
  /** Whether repairable drift is repaired. */
  repair: bool().optional(),
});
export type CheckFields = z.infer<typeof checkFields>;

export const WRAPPING = { argument: 'drift', wrapper: 'drift' } as const;
