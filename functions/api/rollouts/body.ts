import type * as z from 'zod';
import { attributes, bool, integer, listOf, oneOf, text, uuid } from '../fields/fields.ts';

const criteria = {
  /** Amphorae of another image than the newest with their tag; true unless said otherwise. */
  image: bool().optional(),
  /** Amphorae of another Nova flavor than they would have now; true unless said otherwise. */
  flavor: bool().optional(),
  /** Seconds: amphorae that were made longer ago. */
  max_age: integer(0, 2_000_000_000).nullish(),
  project_id: text(255).nullish(),
  loadbalancer_ids: listOf(uuid()).max(1000, { error: 'Value should have at most 1000 ids' }).nullish(),
};

const atOnce = () => integer(1, 1000);
const failures = () => integer(1, 1_000_000);

/** Fields of a preview. */
export const previewFields = attributes(criteria);
export type PreviewFields = z.infer<typeof previewFields>;

/** Fields of POST. */
export const createFields = attributes({
  ...criteria,
  at_once: atOnce().optional(),
  max_failures: failures().optional(),
});

/** Fields of PUT. */
export const updateFields = attributes({
  status: oneOf(['RUNNING', 'PAUSED', 'STOPPED']).optional(),
  at_once: atOnce().optional(),
  max_failures: failures().optional(),
});

export const WRAPPING = { argument: 'rollout', wrapper: 'rollout' } as const;
