import { changeBelow } from '../children/change.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { requestedL7Rule } from './find.ts';

/** DELETE /lbaas/l7policies/{l7policy_id}/rules/{id} */
export const deletesL7Rule =
  ({ changes }: Pick<ApiDependencies, 'changes'>): ApiHandler =>
  async (request) => {
    const { id, load_balancer_id } = await requestedL7Rule(request);
    const handle = await changeBelow(load_balancer_id, () => changes(requesterOf(request)).deleteL7Rule(id));
    return { status: 204, headers: operationHeader(handle) };
  };
