import * as z from 'zod';
import {
  type DriftCheck,
  type DriftRound,
  FINDING_KINDS,
  FINDING_RESOURCES,
  type LoadBalancerDrift,
  Remedy,
} from '../../models/drift.ts';

const text = z.string().nullable();

export const driftRow: z.ZodType<LoadBalancerDrift> = z.object({
  loadbalancer_id: z.string(),
  project_id: z.string(),
  seen_at: z.string(),
  findings: z.array(
    z.object({
      kind: z.enum(FINDING_KINDS),
      resource: z.enum(FINDING_RESOURCES),
      resource_id: text,
      amphora_id: text,
      expected: z.string(),
      found: z.string(),
      remedy: z.enum(Remedy),
      first_seen: z.string(),
    }),
  ),
  repair: z.object({ operation_id: z.string(), at: z.string() }).nullable(),
});

export const driftRoundRow: z.ZodType<DriftRound> = z.object({
  started_at: z.string(),
  ended_at: text,
  cursor: z.string(),
  checked: z.number(),
  skipped: z.number(),
  findings: z.number(),
});

export const driftCheckRow: z.ZodType<DriftCheck> = z.object({
  id: z.string(),
  loadbalancer_ids: z.array(z.string()),
  repair: z.boolean(),
  requester: z
    .object({ user_id: z.string(), project_id: text, request_id: text })
    // Rows of release 0.2 have none.
    .default({ user_id: 'unknown', project_id: null, request_id: null }),
  created_at: z.string(),
  ended_at: text,
  results: z.array(z.object({ loadbalancer_id: z.string(), findings: z.number().nullable(), operation_id: text })),
});
