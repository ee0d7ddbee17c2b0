import type { L7Rule } from '../../../lib/models/l7.ts';
import { NAMED_FIELDS, objectView } from '../views/common.ts';
import type { L7RuleView } from './shape.ts';

/** An L7 rule as GET, PUT and POST show it. */
export const l7RuleView = (rule: L7Rule): L7RuleView => ({
  ...objectView(rule),
  type: rule.type,
  compare_type: rule.compare_type,
  key: rule.key,
  value: rule.value,
  invert: rule.invert,
});

/** Fields a list of L7 rules can be filtered and sorted by; openstacksdk names the policy that the path names already. */
export const SEARCHABLE_FIELDS = [
  'l7policy_id',
  ...NAMED_FIELDS.filter((field) => field !== 'description' && field !== 'name'),
  'type',
  'compare_type',
  'key',
  'value',
  'invert',
] as const;
