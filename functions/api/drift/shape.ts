import * as z from 'zod';
import { FINDING_KINDS, FINDING_RESOURCES, Remedy } from '../../../lib/models/drift.ts';
import { OperationStatus } from '../../../lib/models/operations/operation.ts';
import { count, id, instant, many } from '../views/shapes.ts';

/** One difference between the table and what there is. */
export const findingShape = z
  .strictObject({
    id: id(),
    loadbalancer_id: id(),
    project_id: z.string(),
    amphora_id: id().nullable(),
    kind: z.enum(FINDING_KINDS),
    resource: z.enum(FINDING_RESOURCES),
    resource_id: z.string().nullable(),
    expected: z.string(),
    found: z.string(),
    remedy: z.enum(Remedy),
    first_seen: instant(),
    seen_at: instant(),
    repair_operation_id: id().nullable(),
    repair_status: z.enum(OperationStatus).nullable(),
    repaired_at: instant().nullable(),
  })
  .meta({ id: 'DriftFinding' });
export type FindingView = z.infer<typeof findingShape>;

/** How far the round over all load balancers is. */
export const roundShape = z.strictObject({
  started_at: instant(),
  ended_at: instant().nullable(),
  checked: count(),
  skipped: count(),
  findings: count(),
});
export type RoundView = z.infer<typeof roundShape>;

/** A check that was asked for, and what came of each load balancer. */
export const checkShape = z
  .strictObject({
    id: id(),
    repair: z.boolean(),
    created_at: instant(),
    ended_at: instant().nullable(),
    loadbalancers: many(
      z.strictObject({
        loadbalancer_id: id(),
        status: z.enum(['WAITING', 'JUDGED', 'SKIPPED']),
        findings: count().nullable(),
        repair_operation_id: id().nullable(),
      }),
    ),
  })
  .meta({ id: 'DriftCheck' });
export type CheckView = z.infer<typeof checkShape>;
