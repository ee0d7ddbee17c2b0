import { FLOWS } from '../../../lib/models/flows.ts';
import { KINDS } from '../../../lib/models/objects/kinds.ts';
import { type Operation, OperationStatus, type OperationStep } from '../../../lib/models/operations/operation.ts';
import type { DetailedOperationView, OperationView, StepView } from './shape.ts';
import { tenantReason } from './tenant-reason.ts';

const millisecondsBetween = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : Date.parse(to) - Date.parse(from);

const stepView = (step: OperationStep): StepView => ({
  name: step.name,
  outcome: step.outcome,
  attempts: step.attempts,
  started_at: step.started_at,
  ended_at: step.ended_at,
  duration_ms: step.duration_ms,
  error_name: step.error_name,
});

/** Visible to every caller that may see the load balancer. Times are ISO 8601, UTC, with milliseconds. */
const tenantView = (operation: Operation): OperationView => ({
  id: operation.id,
  flow: operation.flow,
  loadbalancer_id: operation.loadbalancer_id,
  project_id: operation.project_id,
  status: operation.status,
  /** The operation that carries this one's change, or restarts where this one was lost. */
  carried_by: operation.joined_to,
  created_at: operation.created_at,
  started_at: operation.started_at,
  ended_at: operation.ended_at,
  duration_ms: millisecondsBetween(operation.created_at, operation.ended_at),
  failed_step: operation.failed_step,
  error_name: operation.error_name,
  error_message: tenantReason(operation),
  reason: tenantReason(operation),
  error_objects: operation.error_objects.map(({ type, id }) => ({ type: KINDS[type].resource, id })),
  steps: operation.steps.map(stepView),
});

/** The whole record: also the requester, what each step worked on, and the messages of what went wrong. */
const operatorView = (operation: Operation): DetailedOperationView => ({
  ...tenantView(operation),
  target: operation.target,
  amphora_id: operation.amphora_id,
  fence: operation.fence,
  recoveries: operation.recoveries,
  requester: operation.requester,
  error_message: operation.error_message,
  steps: operation.steps.map((step) => ({
    ...stepView(step),
    subject: step.subject,
    error_message: step.error_message,
  })),
});

/** An operation's record; tenants see neither people nor amphorae, and the reason in words without the operator's facts. */
export const operationView = (operation: Operation, details: boolean): OperationView | DetailedOperationView =>
  details ? operatorView(operation) : tenantView(operation);

/** Fields a list of operations can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  'id',
  'flow',
  'status',
  'created_at',
  'started_at',
  'ended_at',
  'failed_step',
  'error_name',
] as const;

/** Those of a list over load balancers. */
export const SEARCHABLE_OVER_ALL = [...SEARCHABLE_FIELDS, 'project_id', 'loadbalancer_id'] as const;

/** The values of filters that only take these. */
export const OPTIONS = { flow: FLOWS, status: Object.values(OperationStatus) };
