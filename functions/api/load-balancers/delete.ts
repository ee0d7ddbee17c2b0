import { DeletionProtectedError } from '../../../lib/errors/conflict.ts';
import { childReferences } from '../../../lib/repositories/objects/child-references.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { operationHeader } from '../operations/operation-header.ts';
import { lenientFlag } from '../query.ts';
import { validationFailure } from '../refusals.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { requestedLoadBalancer } from './find.ts';

/** DELETE /lbaas/loadbalancers/{id}, with `?cascade=true` when there is something below it. */
export const deletesLoadBalancer =
  ({ worker }: Pick<ApiDependencies, 'worker'>): ApiHandler =>
  async (request) => {
    const { id, deletion_protected } = await requestedLoadBalancer(request);
    if (deletion_protected) throw new DeletionProtectedError(id);
    if (!lenientFlag(request.query, 'cascade')) {
      const { listeners, pools } = await childReferences(id);
      if (listeners.length + pools.length > 0) {
        throw validationFailure(`Cannot delete Load Balancer ${id} - it has children`);
      }
    }
    const handle = await worker(requesterOf(request)).deleteLoadBalancer(id);
    return { status: 204, headers: operationHeader(handle) };
  };
