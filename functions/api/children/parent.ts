import { LBNotFound } from '../../../lib/errors/not-found.ts';
import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import { findLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { authorizeProject } from '../authorization.ts';
import type { ApiRequest } from '../request.ts';
import { NONE } from './requested.ts';

/** The load balancer that is to have something new. @throws LBNotFound @throws ApiError 403 */
export const parentLoadBalancer = async (request: ApiRequest, id: string | null): Promise<LoadBalancer> => {
  if (id === null) throw new LBNotFound(NONE);
  const found = await findLoadBalancer(id);
  if (found === null || found.provisioning_status === ProvisioningStatus.DELETED) throw new LBNotFound(id);
  authorizeProject(request, found.project_id);
  return found;
};
