import { InvalidArgumentError } from '../errors/flow.ts';
import { LBNotFound, missingChild, PoolNotFound } from '../errors/not-found.ts';
import type { WorkerErrorOptions } from '../errors/worker-error.ts';
import { startNowOrLater } from '../executions/start-operation.ts';
import type { ChildKind } from '../models/objects/child.ts';
import { type Operation, OperationStatus, type Requester, THE_WORKER } from '../models/operations/operation.ts';
import { type ChangeCommit, commitChange } from '../repositories/locks/change-commits.ts';
import { findChild } from '../repositories/objects/child-reads.ts';
import type { OperationRequest } from '../repositories/operations/operations.ts';
import { type OperationHandle, operationHandle } from './operation-handle.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @throws InvalidArgumentError */
export const checkId = (field: string, id: string): void => {
  if (!UUID.test(id)) throw new InvalidArgumentError(field, `"${id}" is not a UUID in lower case`);
};

/** How the controller worker's methods come from an argument to a running operation. */
export abstract class OperationStarter {
  protected readonly requester: Requester;

  /** @param requester recorded on every operation of this instance */
  constructor(requester: Requester = THE_WORKER) {
    this.requester = requester;
  }

  protected request(flow: Operation['flow'], input: OperationRequest['input'] = {}): OperationRequest {
    return { flow, requester: this.requester, input };
  }

  /** A change that adds something: a missing parent has a name of its own. */
  protected async below(
    loadBalancerId: string,
    Missing: new (message: string, options: WorkerErrorOptions) => Error,
    exclusive: boolean,
    plan: ChangeCommit['plan'],
  ): Promise<OperationHandle> {
    try {
      return await this.change(loadBalancerId, exclusive, plan);
    } catch (error) {
      if (error instanceof LBNotFound || error instanceof PoolNotFound) {
        const resource = error.resource ?? 'load balancer';
        throw new Missing(error.message, { resource, resourceId: error.resourceId ?? loadBalancerId, cause: error });
      }
      throw error;
    }
  }

  protected async change(
    loadBalancerId: string,
    exclusive: boolean,
    plan: ChangeCommit['plan'],
  ): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancerId);
    const request = this.request('apply-changes');
    return this.start(await commitChange(loadBalancerId, { request, plan, exclusive }));
  }

  /** A change of an object that is there. @throws the kind's own "not found" */
  protected async changeOf(
    kind: ChildKind,
    id: string,
    exclusive: boolean,
    plan: ChangeCommit['plan'],
  ): Promise<OperationHandle> {
    checkId(`${kind}_id`, id);
    const found = await findChild(kind, id);
    if (found === null) throw missingChild(kind, id);
    return await this.change(found.child.object.load_balancer_id, exclusive, plan);
  }

  protected async start(operation: Operation): Promise<OperationHandle> {
    if (operation.status === OperationStatus.COMMITTED) await startNowOrLater(operation);
    return operationHandle(operation);
  }
}
