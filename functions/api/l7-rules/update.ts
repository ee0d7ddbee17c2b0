import type { L7RuleUpdates } from '../../../lib/changes/l7.ts';
import type { L7Rule, L7RuleType } from '../../../lib/models/l7.ts';
import { changeBelow } from '../children/change.ts';
import { storedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseUpdate } from '../fields/parse-resource.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { type UpdateFields, updateFields, WRAPPING } from './body.ts';
import { checkL7Rule } from './check.ts';
import { requestedL7Rule } from './find.ts';
import { l7RuleView } from './view.ts';

/** Types that look at one thing lose the key of the former type. Those of TLS do not: `checkL7Rule` refuses it. */
const LOSES_KEY: ReadonlySet<L7RuleType> = new Set(['HOST_NAME', 'PATH', 'FILE_TYPE']);

/** Absent fields are not among the updates; null is the field's reset value. */
const updatesOf = (fields: UpdateFields, rule: L7Rule): L7RuleUpdates => {
  const { type, compare_type, value, key, invert, admin_state_up, tags } = fields;
  const wantedKey = LOSES_KEY.has(type ?? rule.type) ? null : key;
  return {
    ...(type !== undefined && { type }),
    ...(compare_type !== undefined && { compare_type }),
    ...(value !== undefined && { value }),
    ...(wantedKey !== undefined && { key: wantedKey }),
    ...(invert !== undefined && { invert: invert ?? false }),
    ...(admin_state_up !== undefined && { enabled: admin_state_up ?? false }),
    ...(tags !== undefined && { tags: tags ?? [] }),
  };
};

/** PUT /lbaas/l7policies/{l7policy_id}/rules/{id} */
export const updatesL7Rule =
  ({ changes }: Pick<ApiDependencies, 'changes'>): ApiHandler =>
  async (request) => {
    const find = () => requestedL7Rule(request);
    const { fields, found } = await parseUpdate(request.body, { ...WRAPPING, fields: updateFields }, find);
    const updates = updatesOf(fields, found);
    checkL7Rule({ ...found, ...updates });
    const handle = await changeBelow(found.load_balancer_id, () =>
      changes(requesterOf(request)).updateL7Rule(found.id, updates),
    );
    return {
      status: 200,
      body: { rule: l7RuleView(await storedChild('l7_rule', found.id)) },
      headers: operationHeader(handle),
    };
  };
