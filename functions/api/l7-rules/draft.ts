import { l7KeyRule } from '../../../lib/amphora/render/fields/l7-rule.ts';
import type { L7Rule, L7RuleType } from '../../../lib/models/l7.ts';
import { newObject, type Place } from '../children/new-object.ts';
import type { L7RuleFields } from './body.ts';

/** The key of a rule: types that look at one thing have none, whatever was given. */
export const keyOf = (type: L7RuleType, given: string | null | undefined): string | null =>
  l7KeyRule(type) === null ? null : (given ?? null);

/** The L7 rule that the fields ask for. */
export const draftL7Rule = (place: Place & { readonly l7policy_id: string }, fields: L7RuleFields): L7Rule => ({
  ...newObject(place, fields),
  l7policy_id: place.l7policy_id,
  type: fields.type,
  compare_type: fields.compare_type,
  key: keyOf(fields.type, fields.key),
  value: fields.value,
  invert: fields.invert ?? false,
});
