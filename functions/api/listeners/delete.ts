import { changeBelow } from '../children/change.ts';
import { requestedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';

/** DELETE /lbaas/listeners/{id} */
export const deletesListener =
  ({ changes }: Pick<ApiDependencies, 'changes'>): ApiHandler =>
  async (request) => {
    const { id, load_balancer_id } = await requestedChild(request, 'listener');
    const handle = await changeBelow(load_balancer_id, () => changes(requesterOf(request)).deleteListener(id));
    return { status: 204, headers: operationHeader(handle) };
  };
