import type { L7Action, L7Policy } from '../../../lib/models/objects/l7.ts';
import { policyArguments } from '../answers/refusals.ts';

/** What an action does, and with what. */
export type ActionFields = Pick<
  L7Policy,
  'action' | 'redirect_pool_id' | 'redirect_url' | 'redirect_prefix' | 'redirect_http_code'
>;

const DEFAULT_CODE = 302;

const TARGETS = {
  REJECT: null,
  REDIRECT_TO_POOL: 'redirect_pool_id',
  REDIRECT_TO_URL: 'redirect_url',
  REDIRECT_PREFIX: 'redirect_prefix',
} as const satisfies Readonly<Record<L7Action, keyof ActionFields | null>>;

/** The action that belongs to a target without an action, or null. */
export const impliedAction = (given: Targets): L7Action | null => {
  if (given.redirect_pool_id) return 'REDIRECT_TO_POOL';
  if (given.redirect_url) return 'REDIRECT_TO_URL';
  return given.redirect_prefix ? 'REDIRECT_PREFIX' : null;
};

type Targets = {
  readonly [Field in 'redirect_pool_id' | 'redirect_url' | 'redirect_prefix']?: string | null | undefined;
};

/** Whether a request names a pool beside another target. What its action does not look at does not count. @throws ApiError 400 */
export const checkTargets = (action: L7Action | undefined, given: Targets): void => {
  if (action === 'REJECT' || action === 'REDIRECT_TO_URL' || !given.redirect_pool_id) return;
  if (!given.redirect_prefix && (action === 'REDIRECT_TO_POOL' || !given.redirect_url)) return;
  throw policyArguments('redirect_pool_id cannot be given beside redirect_url or redirect_prefix.');
};

/** The action with its own target, and without those of the others. @throws ApiError 400 the target is missing */
export const settledAction = (fields: ActionFields): ActionFields => {
  const target = TARGETS[fields.action];
  if (target !== null && fields[target] === null) {
    throw policyArguments(`${target} must be given for action ${fields.action}.`);
  }
  const answers = fields.action === 'REDIRECT_TO_URL' || fields.action === 'REDIRECT_PREFIX';
  return {
    action: fields.action,
    redirect_pool_id: target === 'redirect_pool_id' ? fields.redirect_pool_id : null,
    redirect_url: target === 'redirect_url' ? fields.redirect_url : null,
    redirect_prefix: target === 'redirect_prefix' ? fields.redirect_prefix : null,
    redirect_http_code: answers ? (fields.redirect_http_code ?? DEFAULT_CODE) : null,
  };
};
