import type { L7Rule } from '../../../lib/models/l7.ts';
import { newObject, type Place } from '../children/new-object.ts';
import type { L7RuleFields } from './body.ts';

/** The L7 rule that the fields ask for. */
export const draftL7Rule = (place: Place & { readonly l7policy_id: string }, fields: L7RuleFields): L7Rule => ({
  ...newObject(place, fields),
  l7policy_id: place.l7policy_id,
  type: fields.type,
  compare_type: fields.compare_type,
  key: fields.key ?? null,
  value: fields.value,
  invert: fields.invert ?? false,
});
