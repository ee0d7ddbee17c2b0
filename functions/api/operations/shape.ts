import * as z from 'zod';
import { FLOWS } from '../../../lib/models/flows.ts';
import { CHILD_KINDS, KINDS } from '../../../lib/models/objects/kinds.ts';
import { OperationStatus } from '../../../lib/models/operations/operation.ts';
import { count, id, instant, many } from '../views/shapes.ts';

/** Objects as the API calls them. */
const objectName = z.enum(CHILD_KINDS.map((kind) => KINDS[kind].resource));

const stepShape = z.strictObject({
  name: z.string(),
  outcome: z.enum(['running', 'succeeded', 'failed']),
  attempts: count(),
  started_at: instant(),
  ended_at: instant().nullable(),
  duration_ms: count().nullable(),
  error_name: z.string().nullable(),
});
export type StepView = z.infer<typeof stepShape>;

/** Visible to every caller that may see the load balancer. */
export const operationShape = z
  .strictObject({
    id: id(),
    flow: z.enum(FLOWS),
    loadbalancer_id: id().nullable(),
    project_id: z.string().nullable(),
    status: z.enum(OperationStatus),
    carried_by: id().nullable(),
    created_at: instant(),
    started_at: instant().nullable(),
    ended_at: instant().nullable(),
    duration_ms: count().nullable(),
    failed_step: z.string().nullable(),
    error_name: z.string().nullable(),
    error_message: z.string().nullable(),
    reason: z.string().nullable().meta({ description: 'why it failed and what its owner can do, in words' }),
    error_objects: many(z.strictObject({ type: objectName, id: id() })),
    steps: many(stepShape),
  })
  .meta({ id: 'Operation' });
export type OperationView = z.infer<typeof operationShape>;

const detailedStepShape = z.strictObject({
  ...stepShape.shape,
  subject: z.string().nullable(),
  error_message: z.string().nullable(),
});

/** The whole record, for operators. */
export const detailedOperationShape = z
  .strictObject({
    ...operationShape.shape,
    target: z.enum(['load_balancer', 'amphora']),
    amphora_id: id().nullable(),
    fence: count(),
    recoveries: count(),
    requester: z.strictObject({
      user_id: z.string(),
      project_id: z.string().nullable(),
      request_id: z.string().nullable(),
    }),
    steps: many(detailedStepShape),
  })
  .meta({ id: 'DetailedOperation' });
export type DetailedOperationView = z.infer<typeof detailedOperationShape>;

/** The limit for which an operation is queued, and its queue position; null when it is not queued. */
export const queueShape = z
  .strictObject({ limit: z.enum(['operations', 'builds', 'failovers', 'project_operations']), position: count() })
  .nullable();
