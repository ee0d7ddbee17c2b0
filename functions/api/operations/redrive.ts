import { getOwnRecord } from '../../../lib/repositories/operations/operations.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import { createOnce, OPERATORS } from '../request/idempotency.ts';
import { flag } from '../request/query.ts';
import { type ApiAnswer, type ApiHandler, requesterOf } from '../request/request.ts';
import { requestedOperation } from './find.ts';
import { operationHeader } from './operation-header.ts';
import { operationView } from './view.ts';

const redriven = async (operationId: string): Promise<ApiAnswer> => ({
  status: 202,
  body: { operation: operationView(await getOwnRecord(operationId), true) },
  headers: operationHeader({ operationId }),
});

/**
 * POST /lbaas/operations/{id}/redrive, with `?force=true` also when it runs: returns the operation that carries on. For
 * callers that may read everything of an operation.
 */
export const redrivesOperation =
  ({ repairs }: Pick<ApiDependencies, 'repairs'>): ApiHandler =>
  async (request) => {
    const { operation, projectId } = await requestedOperation(request);
    const force = flag(request.query, 'force');
    return await createOnce(request, projectId || OPERATORS, {
      find: async () => {
        const { status, joined_to: successor } = await getOwnRecord(operation.id);
        return status === 'SUPERSEDED' && successor !== null ? await redriven(successor) : null;
      },
      create: async () => {
        const handle = await repairs(requesterOf(request)).redriveOperation(operation.id, { force });
        return await redriven(handle.operationId);
      },
    });
  };
