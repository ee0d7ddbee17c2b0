import type * as z from 'zod';
import { ConflictError, ImmutableChildError } from '../../../lib/errors/conflict.ts';
import { ImmutableObjectError } from '../../../lib/errors/flow.ts';
import type { ChildKind, ChildObjects } from '../../../lib/models/objects/child.ts';
import { amountsOf } from '../../../lib/models/objects/quota.ts';
import { findStored } from '../../../lib/repositories/objects/child-reads.ts';
import { checkQuota } from '../../../lib/repositories/quotas/quota-counts.ts';
import { logger } from '../../../lib/tools/logger.ts';
import type { OperationHandle } from '../../../lib/worker/operation-handle.ts';
import { parseWrite, type Wrapping } from '../fields/parse-resource.ts';
import { askedFields } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiDependencies, ChangesWorker } from '../request/dependencies.ts';
import { createOnce } from '../request/idempotency.ts';
import { type ApiAnswer, type ApiHandler, type ApiRequest, requesterOf } from '../request/request.ts';
import { narrow } from '../views/common.ts';
import { storedChild } from './requested.ts';

/** A kind of object below load balancers, as its routes find and show it. */
export interface ChildResource<Kind extends ChildKind> {
  readonly kind: Kind;
  readonly resource: Omit<Wrapping<unknown>, 'fields'>;
  /** The object of the path. @throws the kind's own "not found" @throws ApiError 403 */
  readonly find: (request: ApiRequest) => Promise<ChildObjects[Kind]>;
  /** The object with what is around it. */
  readonly show: (object: ChildObjects[Kind]) => View | Promise<View>;
}

/** How PUT changes an object. */
export interface ChildUpdate<Kind extends ChildKind, Fields, Updates> {
  readonly fields: z.ZodType<Fields>;
  /** What is changed, once it is checked. @throws ApiError */
  readonly plan: (request: ApiRequest, fields: Fields, found: ChildObjects[Kind]) => Updates | Promise<Updates>;
  readonly commit: (worker: ChangesWorker, id: string, updates: Updates) => Promise<OperationHandle>;
}

/** The owner of a new object, and how it is committed. */
export interface NewChild {
  readonly load_balancer_id: string;
  readonly project_id: string;
  /** Commits the object under that id; what may stop being true by that, it checks itself. */
  readonly commit: (worker: ChangesWorker, id: string) => Promise<OperationHandle>;
}

type Changes = Pick<ApiDependencies, 'changes'>;

/** A change below a load balancer: one that takes no changes is refused with the text of these endpoints. */
export const changeBelow = async <T>(loadBalancerId: string, change: () => Promise<T>): Promise<T> => {
  try {
    return await change();
  } catch (error) {
    if (error instanceof ImmutableObjectError) throw new ImmutableChildError('Load Balancer', loadBalancerId);
    throw error;
  }
};

/** What can be done with one kind of object, whatever its fields are. */
export const childVerbs = <Kind extends ChildKind>({ kind, resource, find, show }: ChildResource<Kind>) => {
  const { wrapper } = resource;
  const shown = async (object: ChildObjects[Kind]) => ({ [wrapper]: await show(object) });

  return {
    show: async (request: ApiRequest): Promise<ApiAnswer> => {
      const view = await show(await find(request));
      return { status: 200, body: { [wrapper]: narrow(view, askedFields(request.query)) } };
    },

    /** Creates it, once for each idempotency key, and answers 201 with what is stored. */
    create: (request: ApiRequest, { changes }: Changes, child: NewChild): Promise<ApiAnswer> => {
      const stored = async (id: string): Promise<ApiAnswer | null> => {
        const found = await findStored(kind, id);
        return found === null
          ? null
          : { status: 201, body: await shown(found.object), headers: operationHeader(found) };
      };
      const create = async (id: string): Promise<ApiAnswer> => {
        let failure: unknown = null;
        let headers = {};
        try {
          const commit = () => child.commit(changes(requesterOf(request)), id);
          headers = operationHeader(await changeBelow(child.load_balancer_id, commit));
        } catch (error) {
          failure = error;
        }
        const answer = await stored(id);
        if (answer === null) {
          // A quota that is met is answered first, as upstream does: no wait helps.
          const takes = amountsOf([{ kind }]);
          if (failure instanceof ConflictError) await checkQuota({ projectId: child.project_id, takes });
          throw failure ?? new Error(`${kind} ${id} is gone right after its creation`);
        }
        // Committed means done here: what was not started is started by the dispatcher.
        if (failure !== null)
          logger.warn('start of a committed operation failed; the dispatcher retries it', {
            [kind]: id,
            request_id: request.requestId,
          });
        return { ...answer, headers: { ...answer.headers, ...headers } };
      };
      return createOnce(request, child.project_id, { find: stored, create });
    },

    updates:
      <Fields, Updates>({ changes }: Changes, update: ChildUpdate<Kind, Fields, Updates>): ApiHandler =>
      async (request) => {
        const wrapping = { ...resource, fields: update.fields };
        const { fields, found } = await parseWrite(request.body, wrapping, () => find(request));
        const { id, load_balancer_id } = found;
        const updates = await update.plan(request, fields, found);
        const commit = () => update.commit(changes(requesterOf(request)), id, updates);
        const handle = await changeBelow(load_balancer_id, commit);
        return { status: 200, body: await shown(await storedChild(kind, id)), headers: operationHeader(handle) };
      },

    removes:
      ({ changes }: Changes, commit: (worker: ChangesWorker, id: string) => Promise<OperationHandle>): ApiHandler =>
      async (request) => {
        const { id, load_balancer_id } = await find(request);
        const handle = await changeBelow(load_balancer_id, () => commit(changes(requesterOf(request)), id));
        return { status: 204, headers: operationHeader(handle) };
      },
  };
};
