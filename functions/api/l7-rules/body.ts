import type * as z from 'zod';
import { attributes, bool, oneOf, tags, text } from '../fields/fields.ts';

const type = () =>
  oneOf([
    'HOST_NAME',
    'PATH',
    'FILE_TYPE',
    'HEADER',
    'COOKIE',
    'SSL_CONN_HAS_CERT',
    'SSL_VERIFY_RESULT',
    'SSL_DN_FIELD',
  ]);
const compareType = () => oneOf(['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO']);

const line = () => text(255).regex(/^[^\r\n]*$/, { error: 'Value should be one line' });

const optional = {
  key: line().nullish(),
  invert: bool().nullish(),
  admin_state_up: bool().nullish(),
  tags: tags().nullish(),
};

const ruleFields = { ...optional, type: type(), compare_type: compareType(), value: line() };

/** Fields of POST. */
export const createFields = attributes({
  ...ruleFields,
  project_id: text(36).nullish(),
  tenant_id: text(36).nullish(),
});

/** Fields of a rule that comes with its policy. */
export const nestedFields = attributes(ruleFields);
export type L7RuleFields = z.infer<typeof nestedFields>;

/** Fields of PUT: absent keeps, null resets where there is something to reset to. */
export const updateFields = attributes({
  ...optional,
  type: type().optional(),
  compare_type: compareType().optional(),
  value: line().optional(),
});
export type UpdateFields = z.infer<typeof updateFields>;

/** What upstream's messages call the two bodies. */
export const WRAPPING = { argument: 'rule', wrapper: 'rule' } as const;
