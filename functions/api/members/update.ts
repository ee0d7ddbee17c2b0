import { changeBelow } from '../children/change.ts';
import { storedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseUpdate } from '../fields/parse-resource.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { updateFields, WRAPPING } from './body.ts';
import { checkReservedAddresses } from './check.ts';
import { memberUpdates } from './draft.ts';
import { requestedMember } from './find.ts';
import { memberView } from './view.ts';

/** PUT /lbaas/pools/{pool_id}/members/{id} */
export const updatesMember =
  ({ changes, settings }: Pick<ApiDependencies, 'changes' | 'settings'>): ApiHandler =>
  async (request) => {
    const find = () => requestedMember(request);
    const { fields, found } = await parseUpdate(request.body, { ...WRAPPING, fields: updateFields }, find);
    const { id, load_balancer_id } = found;
    const updates = memberUpdates(fields);
    checkReservedAddresses(updates, settings());
    const handle = await changeBelow(load_balancer_id, () => changes(requesterOf(request)).updateMember(id, updates));
    return {
      status: 200,
      body: { member: memberView(await storedChild('member', id)) },
      headers: operationHeader(handle),
    };
  };
