import { changeBelow } from '../children/change.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { requestedMember } from './find.ts';

/** DELETE /lbaas/pools/{pool_id}/members/{id} */
export const deletesMember =
  ({ changes }: Pick<ApiDependencies, 'changes'>): ApiHandler =>
  async (request) => {
    const { id, load_balancer_id } = await requestedMember(request);
    const handle = await changeBelow(load_balancer_id, () => changes(requesterOf(request)).deleteMember(id));
    return { status: 204, headers: operationHeader(handle) };
  };
