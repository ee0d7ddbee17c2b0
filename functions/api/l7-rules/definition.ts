import type * as z from 'zod';
import { L7_COMPARE_TYPES, L7_RULE_TYPES, type L7Rule, type L7RuleType } from '../../../lib/models/objects/l7.ts';
import { emptiedTagsField, enabledField, projectFields } from '../children/common-fields.ts';
import { newObject, type Place } from '../children/new-object.ts';
import { fieldsOf } from '../fields/field.ts';
import { attributes, bool, oneOf, text } from '../fields/fields.ts';
import { resourceOf } from '../fields/resource.ts';
import { flag, string } from '../views/shapes.ts';

const { optional, mandatory } = fieldsOf<L7Rule>();

const type = oneOf(L7_RULE_TYPES);
const comparison = oneOf(L7_COMPARE_TYPES);
const line = text(255).regex(/^[^\r\n]*$/, { error: 'Value should be one line' });

export const L7_RULE = resourceOf<L7Rule>()({
  argument: 'rule',
  wrapper: 'rule',
  plural: 'rules',
  schema: 'L7Rule',
  fields: {
    key: optional({ attribute: 'key', input: line, initial: () => null, shape: () => string().nullable() }),
    invert: optional({ attribute: 'invert', input: bool(), initial: () => false, shape: flag }),
    admin_state_up: enabledField,
    tags: emptiedTagsField,
    type: mandatory({ attribute: 'type', input: type, shape: () => type }),
    compare_type: mandatory({ attribute: 'compare_type', input: comparison, shape: () => comparison }),
    value: mandatory({ attribute: 'value', input: line, shape: string }),
  },
  shown: {},
  /** openstacksdk names the policy that the path names already. */
  hidden: { l7policy_id: ({ l7policy_id }) => l7policy_id },
});

/** Fields of POST. */
export const createFields = attributes({ ...L7_RULE.posts, ...projectFields });

/** Fields of a rule that comes with its policy. */
export const nestedFields = attributes(L7_RULE.posts);
export type L7RuleFields = z.infer<typeof nestedFields>;

/** Fields of PUT: absent keeps, null resets where there is something to reset to. */
export const updateFields = attributes(L7_RULE.puts);

/** The L7 rule that the fields ask for. */
export const draftL7Rule = (place: Place & { readonly l7policy_id: string }, fields: L7RuleFields): L7Rule => ({
  ...newObject(place),
  ...L7_RULE.draft(fields, null),
  l7policy_id: place.l7policy_id,
});

/** Types that look at one thing lose the key of the former type. Those of TLS do not: `checkL7Rule` refuses it. */
const LOSES_KEY: ReadonlySet<L7RuleType> = new Set(['HOST_NAME', 'PATH', 'FILE_TYPE']);

/** What a PUT changes. */
export const l7RuleUpdates = (fields: z.infer<typeof updateFields>, rule: L7Rule): Partial<L7Rule> => ({
  ...L7_RULE.updates(fields, null),
  ...(LOSES_KEY.has(fields.type ?? rule.type) && { key: null }),
});
