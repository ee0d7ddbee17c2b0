import { OperationNotFoundError } from '../../../lib/errors/not-found.ts';
import type { Operation } from '../../../lib/models/operation.ts';
import { findLoadBalancer } from '../../../lib/repositories/load-balancers.ts';
import { getOperation } from '../../../lib/repositories/operations.ts';
import { authorizeObject } from '../authorization.ts';
import { pathId } from '../fields/path-id.ts';
import { askedFields } from '../lists/list-query.ts';
import { allows } from '../policy.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { operationView } from './view.ts';

/** The project an operation belongs to; an operation on a spare amphora belongs to none, and so to operators only. */
const projectOf = async ({ loadbalancer_id }: Operation): Promise<string> =>
  loadbalancer_id === null ? '' : ((await findLoadBalancer(loadbalancer_id))?.project_id ?? '');

/** GET /lbaas/operations/{id} */
export const showOperation: ApiHandler = async (request) => {
  const missing = (id: string) => new OperationNotFoundError(id);
  const id = pathId(request.params, 'id', missing);
  const operation = await getOperation(id);
  const project_id = await projectOf(operation);
  authorizeObject(request, { project_id }, () => missing(id));
  const details = allows(request.caller, 'os_load-balancer_api:operation:get_details', project_id);
  return { status: 200, body: { operation: narrow(operationView(operation, details), askedFields(request.query)) } };
};
