import type { ApiDependencies } from '../dependencies.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { requestedLoadBalancer } from './find.ts';

/** PUT /lbaas/loadbalancers/{id}/failover */
export const failsOverLoadBalancer =
  ({ repairs }: Pick<ApiDependencies, 'repairs'>): ApiHandler =>
  async (request) => {
    const { id } = await requestedLoadBalancer(request);
    const handle = await repairs(requesterOf(request)).failoverLoadBalancer(id);
    return { status: 202, headers: operationHeader(handle) };
  };
