import * as z from 'zod';

/** Bounds of what a server may send; fields that are not named here are left out. */
const text = z.string().max(20_000);
const many = <T extends z.ZodType>(item: T) => z.array(item).max(10_000);
const reference = z.object({ id: text });

const statuses = { provisioning_status: text, operating_status: text };

/** Any object of a load balancer, with what leads to its load balancer. */
export const objectShape = z.object({
  id: text,
  name: text.nullish(),
  project_id: text.nullish(),
  ...statuses,
  created_at: text.nullish(),
  updated_at: text.nullish(),
  loadbalancers: many(reference).optional(),
  pools: many(reference).optional(),
  listeners: many(reference).optional(),
  listener_id: text.nullish(),
  address: text.optional(),
  protocol_port: z.int().optional(),
});
export type ApiObject = z.infer<typeof objectShape>;

export const loadBalancerShape = z.object({
  id: text,
  name: text.nullish(),
  ...statuses,
  created_at: text.nullish(),
  updated_at: text.nullish(),
});

/** A pool or L7 policy with the ids of what is in it. */
export const parentShape = z.object({
  id: text,
  members: many(reference).optional(),
  rules: many(reference).optional(),
});

const stepShape = z.object({
  name: text,
  outcome: z.enum(['running', 'succeeded', 'failed']).or(text),
  attempts: z.int(),
  started_at: text,
  ended_at: text.nullable(),
  duration_ms: z.number().nullable(),
  error_name: text.nullable(),
  error_message: text.nullish(),
  subject: text.nullish(),
});
export type Step = z.infer<typeof stepShape>;

export const operationShape = z.object({
  id: text,
  flow: text,
  loadbalancer_id: text.nullable(),
  project_id: text.nullish(),
  amphora_id: text.nullish(),
  status: text,
  carried_by: text.nullish(),
  created_at: text,
  started_at: text.nullish(),
  ended_at: text.nullable(),
  duration_ms: z.number().nullish(),
  failed_step: text.nullable(),
  error_name: text.nullable(),
  error_message: text.nullable(),
  reason: text.nullish(),
  error_objects: many(z.object({ type: text, id: text })),
  recoveries: z.int().optional(),
  requester: z.object({ user_id: text, request_id: text.nullable() }).optional(),
  queue: z.object({ limit: text, position: z.int() }).nullish(),
  steps: many(stepShape),
});
export type Operation = z.infer<typeof operationShape>;

/** What lists of operations are asked for when steps are not needed. */
export const BRIEF_FIELDS = [
  ...['id', 'flow', 'loadbalancer_id', 'amphora_id', 'project_id', 'status', 'created_at', 'ended_at', 'duration_ms'],
  ...['failed_step', 'error_name'],
];
export const briefShape = operationShape.omit({ steps: true, error_objects: true, error_message: true });
export type BriefOperation = z.infer<typeof briefShape>;

export const amphoraShape = z.object({
  id: text,
  loadbalancer_id: text.nullish(),
  status: text,
  role: text.nullish(),
  cert_expiration: text.nullish(),
});
export type Amphora = z.infer<typeof amphoraShape>;

export const healthShape = z.object({
  receivers: many(z.object({ id: text, healthy: z.boolean(), seen_at: text.nullable(), amphorae: z.int() })),
  storms: many(z.object({ zone: text, since: text.nullable(), silent: z.int(), known: z.int() })),
  doubts_observer: z.boolean(),
});

export const freezeShape = z.object({
  enabled: z.boolean(),
  reason: text.nullable(),
  since: text.nullable(),
  user_id: text.nullable(),
});

export const roundShape = z
  .object({ started_at: text, ended_at: text.nullable(), checked: z.int(), skipped: z.int(), findings: z.int() })
  .nullable();

export const findingShape = z.object({
  id: text,
  loadbalancer_id: text,
  amphora_id: text.nullable(),
  kind: text,
  resource: text,
  resource_id: text.nullable(),
  expected: text,
  found: text,
  remedy: text,
  first_seen: text,
  repair_status: text.nullable(),
  repaired_at: text.nullish(),
});

export const checkShape = z.object({
  id: text,
  ended_at: text.nullable(),
  loadbalancers: many(
    z.object({
      loadbalancer_id: text,
      status: text,
      findings: z.int().nullable(),
      repair_operation_id: text.nullable(),
    }),
  ),
});

export const dryRunShape = z.object({
  dry_run: z.object({
    operation: z.object({ flow: text, begins: text, joins: text.nullable(), waits_for: z.unknown() }).nullable(),
    objects: many(z.object({ action: text, type: text, id: text, changes: z.record(text, z.unknown()).nullable() })),
    external_resources: many(z.object({ action: text, kind: text, name: text, network_id: text.nullable() })),
    quota: z
      .object({
        project_id: text,
        resources: many(z.object({ resource: text, before: z.int(), after: z.int(), limit: z.int() })),
      })
      .nullable(),
    configuration: many(z.object({ amphora_id: text, file: text, diff: z.string().max(1_000_000) })),
  }),
});
