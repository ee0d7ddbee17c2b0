import * as z from 'zod';
import { givenUrlRule } from '../../../lib/amphora/render/fields/http.ts';
import { commonCreateFields, commonUpdateFields } from '../children/common-fields.ts';
import { attributes, integer, listOf, oneOf, ruled, text, uuid } from '../fields/fields.ts';
import { nestedFields as ruleFields } from '../l7-rules/body.ts';

const action = () => oneOf(['REJECT', 'REDIRECT_TO_URL', 'REDIRECT_TO_POOL', 'REDIRECT_PREFIX']);

const redirectCode = () =>
  z
    .union([z.number(), z.string()], { error: 'Value should be one of: 301, 302, 303, 307, 308' })
    .transform(Number)
    .pipe(z.literal([301, 302, 303, 307, 308], { error: 'Value should be one of: 301, 302, 303, 307, 308' }));

/** A pool that the load balancer has already. */
export const redirectPoolId = () => uuid().nullish();

const optional = {
  description: text(255).nullish(),
  redirect_url: ruled(givenUrlRule).nullish(),
  redirect_prefix: ruled(givenUrlRule).nullish(),
  redirect_http_code: redirectCode().nullish(),
  position: integer(1, 2_147_483_647).nullish(),
};

/** Fields of a policy that do not say whose it is. */
export const l7PolicyFields = {
  ...commonCreateFields,
  ...optional,
  action: action(),
  rules: listOf(ruleFields).nullish(),
};

/** Fields of POST. */
export const createFields = attributes({
  ...l7PolicyFields,
  redirect_pool_id: redirectPoolId(),
  listener_id: uuid().nullable(),
});
const unplaced = attributes({ ...l7PolicyFields, redirect_pool_id: redirectPoolId() });
export type L7PolicyFields = z.infer<typeof unplaced>;

/** Fields of PUT: absent keeps, null resets where there is something to reset to. */
export const updateFields = attributes({
  ...commonUpdateFields,
  ...optional,
  action: action().optional(),
  redirect_pool_id: redirectPoolId(),
});
export type UpdateFields = z.infer<typeof updateFields>;

/** What upstream's messages call the two bodies. */
export const WRAPPING = { argument: 'l7policy', wrapper: 'l7policy' } as const;
