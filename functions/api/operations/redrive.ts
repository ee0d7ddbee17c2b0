import { getOwnRecord } from '../../../lib/repositories/operations/operations.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { createOnce, OPERATORS } from '../idempotency.ts';
import { flag } from '../query.ts';
import type { ApiAnswer, ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
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
