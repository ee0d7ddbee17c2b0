import { findQueuePosition } from '../../../lib/repositories/admission/admission-plan.ts';
import { askedFields } from '../lists/list-query.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { ApiHandler } from '../request/request.ts';
import { narrow } from '../views/common.ts';
import { requestedOperation } from './find.ts';
import { listsOperations } from './list.ts';
import { listsAllOperations } from './list-all.ts';
import { redrivesOperation } from './redrive.ts';
import { operationView } from './view.ts';

/** GET /lbaas/operations/{id}; `queue` has the limit for which it is queued, and its position. */
const showOperation: ApiHandler = async (request) => {
  const { operation, projectId } = await requestedOperation(request);
  const details = request.allows('os_load-balancer_api:operation:get_details', projectId);
  const shown = { ...operationView(operation, details), queue: await findQueuePosition(operation) };
  return { status: 200, body: { operation: narrow(shown, askedFields(request.query)) } };
};

/** The records of operations, and the redrive of one that does not end. */
export const operationHandlers = (dependencies: ApiDependencies) => ({
  list: listsOperations(dependencies.settings),
  listAll: listsAllOperations(dependencies.settings),
  show: showOperation,
  redrive: redrivesOperation(dependencies),
});
