import * as z from 'zod';
import {
  DUE_REASONS,
  type Rollout,
  RolloutStatus,
  type RolloutStep,
  RolloutStepStatus,
} from '../../models/operations/rollout.ts';

const text = z.string().nullable();

export const rolloutRow: z.ZodType<Rollout> = z.object({
  id: z.string(),
  status: z.enum(RolloutStatus),
  image: z.boolean(),
  flavor: z.boolean(),
  max_age: z.number().nullable(),
  project_id: text,
  loadbalancer_ids: z.array(z.string()).nullable(),
  at_once: z.number(),
  max_failures: z.number(),
  forgiven: z.number(),
  reason: text,
  requester: z.object({ user_id: z.string(), project_id: text, request_id: text }),
  created_at: z.string(),
  planned_at: text,
  ended_at: text,
});

export const rolloutStepRow: z.ZodType<RolloutStep> = z.object({
  rollout_id: z.string(),
  loadbalancer_id: z.string(),
  project_id: z.string(),
  amphorae: z.array(
    z.object({
      amphora_id: z.string(),
      reasons: z.array(z.object({ reason: z.enum(DUE_REASONS), has: z.string(), wanted: z.string() })),
    }),
  ),
  status: z.enum(RolloutStepStatus),
  left: z.array(z.string()),
  amphora_id: text,
  operation_id: text,
  since: z.string(),
  reason: text,
});
