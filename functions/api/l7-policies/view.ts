import type { L7Policy } from '../../../lib/models/l7.ts';
import type { Relations } from '../children/trees.ts';
import { idOnly, NAMED_FIELDS, namedView } from '../views/common.ts';
import type { L7PolicyView } from './shape.ts';

/** An L7 policy as GET, PUT and POST show it. */
export const l7PolicyView = (policy: L7Policy, related: Relations): L7PolicyView => ({
  ...namedView(policy),
  listener_id: policy.listener_id,
  action: policy.action,
  redirect_pool_id: policy.redirect_pool_id,
  redirect_url: policy.redirect_url,
  redirect_prefix: policy.redirect_prefix,
  redirect_http_code: policy.redirect_http_code,
  position: policy.position,
  rules: (related?.l7_rules ?? []).filter(({ l7policy_id }) => l7policy_id === policy.id).map(({ id }) => idOnly(id)),
});

/** Fields a list of L7 policies can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  ...NAMED_FIELDS,
  'loadbalancer_id',
  'listener_id',
  'action',
  'redirect_pool_id',
  'redirect_url',
  'redirect_prefix',
  'redirect_http_code',
  'position',
] as const;
