import * as z from 'zod';
import { FLOWS } from '../../models/flows.ts';
import { CHILD_KINDS } from '../../models/objects/kinds.ts';
import { type Operation, OperationStatus, type OperationStep } from '../../models/operations/operation.ts';

const text = z.string().nullable();

const stepRow = z.object({
  name: z.string(),
  subject: text,
  started_at: z.string(),
  ended_at: text,
  duration_ms: z.number().nullable(),
  outcome: z.enum(['running', 'succeeded', 'failed']),
  error_name: text,
  error_message: text,
});

const row = z.object({
  id: z.string(),
  flow: z.enum(FLOWS),
  target: z.enum(['load_balancer', 'amphora']),
  loadbalancer_id: text,
  amphora_id: text,
  project_id: text.default(null),
  status: z.enum(OperationStatus),
  fence: z.number(),
  joined_to: text.default(null),
  recoveries: z.number().default(0),
  resumes_rollback: z.boolean().default(false),
  requester: z.object({ user_id: z.string(), project_id: text, request_id: text }),
  input: z.record(z.string(), z.unknown()),
  created_at: z.string(),
  started_at: text.default(null),
  ended_at: text,
  /** By step key, so that a repeated step replaces its record; attempts are counted apart. */
  steps: z.record(z.string(), stepRow),
  attempts: z.record(z.string(), z.number()),
  failed_step: text,
  error_name: text,
  error_message: text,
  error_objects: z.array(z.object({ type: z.enum(CHILD_KINDS), id: z.string() })).default([]),
});

/** Steps come in the order they began. */
export const operationRow = row.transform(({ steps, attempts, ...operation }): Operation => {
  const inOrder: OperationStep[] = Object.entries(steps).map(([key, step]) => ({
    ...step,
    attempts: attempts[key] ?? 1,
  }));
  inOrder.sort((a, b) => (a.started_at < b.started_at ? -1 : a.started_at > b.started_at ? 1 : 0));
  return { ...operation, steps: inOrder };
});
