import { LBNotFound } from '../../../lib/errors/not-found.ts';
import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import { findLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { pathId } from '../fields/path-id.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiRequest } from '../request/request.ts';

/**
 * The load balancer of the path when the caller may do what the route does with it.
 * @throws LBNotFound missing, or deleted
 * @throws ApiError 403
 */
export const requestedLoadBalancer = async (request: ApiRequest): Promise<LoadBalancer> => {
  const missing = (id: string) => new LBNotFound(id);
  const id = pathId(request.params, 'id', missing);
  const found = await findLoadBalancer(id);
  if (found === null || found.provisioning_status === ProvisioningStatus.DELETED) throw missing(id);
  authorizeProject(request, found.project_id);
  return found;
};
