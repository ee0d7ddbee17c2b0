import type { L7PolicyUpdates } from '../../../lib/changes/l7.ts';
import type { L7Policy } from '../../../lib/models/l7.ts';
import { changeBelow } from '../children/change.ts';
import { commonUpdates } from '../children/common-fields.ts';
import { requestedChild, storedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseUpdate } from '../fields/parse-resource.ts';
import { operationHeader } from '../operations/operation-header.ts';
import { policyArguments } from '../refusals.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { checkTargets, impliedAction, settledAction } from './action.ts';
import { type UpdateFields, updateFields, WRAPPING } from './body.ts';
import { checkRedirectPool } from './check.ts';
import { shownL7Policy } from './show.ts';

const ACTION_FIELDS = ['action', 'redirect_pool_id', 'redirect_url', 'redirect_prefix', 'redirect_http_code'] as const;

/** The action with its target, when anything of it is given; a target without an action decides on the action. */
const actionUpdates = (fields: UpdateFields, policy: L7Policy): L7PolicyUpdates => {
  if (ACTION_FIELDS.every((field) => fields[field] === undefined)) return {};
  const given = <T>(value: T | undefined, former: T): T => (value === undefined ? former : value);
  return settledAction({
    action: fields.action ?? impliedAction(fields) ?? policy.action,
    redirect_pool_id: given(fields.redirect_pool_id, policy.redirect_pool_id),
    redirect_url: given(fields.redirect_url, policy.redirect_url),
    redirect_prefix: given(fields.redirect_prefix, policy.redirect_prefix),
    redirect_http_code: given(fields.redirect_http_code, policy.redirect_http_code),
  });
};

/** Absent fields are not among the updates; null is the field's reset value, and leaves a position as it is. */
const updatesOf = (fields: UpdateFields, policy: L7Policy): L7PolicyUpdates => ({
  ...commonUpdates(fields),
  // Unlike other objects' tags, as in upstream.
  ...(fields.tags === null && { tags: [] }),
  ...(fields.description !== undefined && { description: fields.description ?? '' }),
  ...(fields.position && { position: fields.position }),
  ...actionUpdates(fields, policy),
});

/** PUT /lbaas/l7policies/{id} */
export const updatesL7Policy =
  ({ changes }: Pick<ApiDependencies, 'changes'>): ApiHandler =>
  async (request) => {
    const find = () => requestedChild(request, 'l7_policy');
    const { fields, found } = await parseUpdate(request.body, { ...WRAPPING, fields: updateFields }, find);
    if (Object.keys(fields).length === 0) throw policyArguments('Invalid update options');
    checkTargets(fields.action, fields);
    const updates = updatesOf(fields, found);
    const listener = await storedChild('listener', found.listener_id);
    await checkRedirectPool({ ...found, ...updates }, listener);
    const handle = await changeBelow(found.load_balancer_id, () =>
      changes(requesterOf(request)).updateL7Policy(found.id, updates),
    );
    return {
      status: 200,
      body: { l7policy: await shownL7Policy(await storedChild('l7_policy', found.id)) },
      headers: operationHeader(handle),
    };
  };
