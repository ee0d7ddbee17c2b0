import { OperationNotFoundError } from '../../../lib/errors/not-found.ts';
import type { Operation } from '../../../lib/models/operations/operation.ts';
import { findLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { getShownOperation } from '../../../lib/repositories/operations/operations.ts';
import { pathId } from '../fields/path-id.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiRequest } from '../request/request.ts';

/**
 * The project an operation belongs to, also when its load balancer is purged; an operation on a spare amphora belongs to
 * none, and so to operators only.
 */
const projectOf = async ({ loadbalancer_id, project_id }: Operation): Promise<string> => {
  if (project_id !== null) return project_id;
  return loadbalancer_id === null ? '' : ((await findLoadBalancer(loadbalancer_id))?.project_id ?? '');
};

/**
 * The operation of the path, and its project, when the caller may do what the route does with it.
 * @throws OperationNotFoundError
 * @throws ApiError 403
 */
export const requestedOperation = async (
  request: ApiRequest,
): Promise<{ readonly operation: Operation; readonly projectId: string }> => {
  const id = pathId(request.params, 'id', (given) => new OperationNotFoundError(given));
  const operation = await getShownOperation(id);
  const projectId = await projectOf(operation);
  authorizeProject(request, projectId);
  return { operation, projectId };
};
