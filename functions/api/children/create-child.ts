import type { ChildKind, ChildObjects } from '../../../lib/models/child.ts';
import { findStored } from '../../../lib/repositories/objects/child-reads.ts';
import { logger } from '../../../lib/tools/logger.ts';
import type { OperationHandle } from '../../../lib/worker/operation-handle.ts';
import { createOnce } from '../idempotency.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiAnswer, ApiRequest } from '../request.ts';
import { changeBelow } from './change.ts';

/** Something new below a load balancer. */
export interface NewChild<Kind extends ChildKind> {
  readonly kind: Kind;
  readonly loadBalancerId: string;
  readonly projectId: string;
  /** Commits the object under that id; what may stop being true by that, it checks itself. */
  readonly commit: (id: string) => Promise<OperationHandle>;
  /** The object as the answer shows it, with its wrapper. */
  readonly show: (object: ChildObjects[Kind]) => object | Promise<object>;
}

/** Creates it, once for each idempotency key, and answers 201 with what is stored. */
export const createChild = <Kind extends ChildKind>(request: ApiRequest, child: NewChild<Kind>): Promise<ApiAnswer> => {
  const { kind, loadBalancerId, projectId, commit, show } = child;

  const find = async (id: string): Promise<ApiAnswer | null> => {
    const found = await findStored(kind, id);
    return found === null ? null : { status: 201, body: await show(found.object), headers: operationHeader(found) };
  };

  const create = async (id: string): Promise<ApiAnswer> => {
    let failure: unknown = null;
    let headers = {};
    try {
      headers = operationHeader(await changeBelow(loadBalancerId, () => commit(id)));
    } catch (error) {
      failure = error;
    }
    const answer = await find(id);
    if (answer === null) throw failure ?? new Error(`${kind} ${id} is gone right after its creation`);
    // Committed means done here: what was not started is started by the dispatcher.
    if (failure !== null) logger.warn('committed, but not started', { [kind]: id, request_id: request.requestId });
    return { ...answer, headers: { ...answer.headers, ...headers } };
  };

  return createOnce(request, projectId, { find, create });
};
