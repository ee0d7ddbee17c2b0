import * as z from 'zod';
import { DUE_REASONS, RolloutStatus, RolloutStepStatus } from '../../../lib/models/operations/rollout.ts';
import { count, id, instant, many } from '../views/shapes.ts';

const dueAmphora = z.strictObject({
  amphora_id: id(),
  reasons: many(z.strictObject({ reason: z.enum(DUE_REASONS), has: z.string(), wanted: z.string() })),
});

/** A load balancer with amphorae that are due. */
const dueShape = z.strictObject({ loadbalancer_id: id(), project_id: z.string(), amphorae: many(dueAmphora) });

/** What would have a turn. */
export const previewShape = z.strictObject({
  loadbalancers: many(dueShape),
  loadbalancer_count: count(),
  amphora_count: count(),
});

/** A roll-out; `progress` counts its load balancers. */
export const rolloutShape = z
  .strictObject({
    id: id(),
    status: z.enum(RolloutStatus),
    image: z.boolean(),
    flavor: z.boolean(),
    max_age: count().nullable(),
    project_id: z.string().nullable(),
    loadbalancer_ids: many(id()).nullable(),
    at_once: count(),
    max_failures: count(),
    reason: z.string().nullable(),
    created_at: instant(),
    planned_at: instant().nullable(),
    ended_at: instant().nullable(),
    progress: z.strictObject({
      WAITING: count(),
      REPLACING: count(),
      SETTLING: count(),
      DONE: count(),
      FAILED: count(),
      SKIPPED: count(),
    }),
  })
  .meta({ id: 'Rollout' });
export type RolloutView = z.infer<typeof rolloutShape>;

/** One load balancer of a roll-out. */
export const stepShape = z
  .strictObject({
    id: id(),
    ...dueShape.shape,
    status: z.enum(RolloutStepStatus),
    left: many(id()),
    amphora_id: id().nullable(),
    operation_id: id().nullable(),
    since: instant(),
    reason: z.string().nullable(),
  })
  .meta({ id: 'RolloutStep' });
export type StepView = z.infer<typeof stepShape>;
