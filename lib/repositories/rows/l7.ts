import * as z from 'zod';
import { L7_ACTIONS, L7_COMPARE_TYPES, L7_RULE_TYPES, type L7Policy, type L7Rule } from '../../models/objects/l7.ts';
import { baseRow, namedRow } from './base.ts';

const text = z.string().nullable();

export const l7PolicyRow: z.ZodType<L7Policy> = z.object({
  ...namedRow,
  load_balancer_id: z.string(),
  listener_id: z.string(),
  description: z.string(),
  action: z.enum(L7_ACTIONS),
  position: z.number(),
  redirect_pool_id: text,
  redirect_url: text,
  redirect_prefix: text,
  redirect_http_code: z.literal([301, 302, 303, 307, 308]).nullable(),
  enabled: z.boolean(),
});

export const l7RuleRow: z.ZodType<L7Rule> = z.object({
  ...baseRow,
  load_balancer_id: z.string(),
  l7policy_id: z.string(),
  type: z.enum(L7_RULE_TYPES),
  compare_type: z.enum(L7_COMPARE_TYPES),
  key: text,
  value: z.string(),
  invert: z.boolean(),
  enabled: z.boolean(),
});
