import { v4 as uuidv4 } from 'uuid';
import { InvalidArgumentError, NotImplementedError } from './errors/flow.ts';
import { startExecution } from './executions/executions.ts';
import { AmphoraRole } from './models/amphora.ts';
import { type LoadBalancer, Topology } from './models/load-balancer.ts';
import type { Operation, Requester } from './models/operation.ts';
import { DELETABLE_STATUSES, MUTABLE_STATUSES, ProvisioningStatus } from './models/statuses.ts';
import { type OperationHandle, operationHandle } from './operation-handle.ts';
import { commitAmphoraDeletion, commitNewAmphora } from './repositories/amphora-commits.ts';
import { commitLoadBalancerOperation, commitNewLoadBalancer, type NewLoadBalancer } from './repositories/commits.ts';
import type { OperationRequest } from './repositories/operations.ts';

/** What a load balancer's owner may change. */
export type LoadBalancerUpdates = Partial<Pick<LoadBalancer, 'name' | 'description' | 'enabled' | 'tags'>>;

/** Who the library says has asked when its caller does not. */
const THE_WORKER: Requester = { user_id: 'deploy-worker', project_id: null, request_id: null };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const checkId = (field: string, id: string): void => {
  if (!UUID.test(id)) throw new InvalidArgumentError(field, `"${id}" is not a UUID in lower case`);
};

/** The amphorae a topology takes; their ids are fixed with the operation, so that every retry means the same ones. */
const plannedAmphorae = (topology: Topology) =>
  (topology === Topology.SINGLE ? [AmphoraRole.STANDALONE] : [AmphoraRole.MASTER, AmphoraRole.BACKUP]).map((role) => ({
    amphora_id: uuidv4(),
    role,
  }));

/**
 * Orchestrates create, update and delete of Octavia's objects. Every method checks its argument and precondition,
 * commits the wanted state with its operation, starts the flow, and answers a handle at once; `wait()` follows it to
 * its end. A process that dies between commit and start leaves an operation that the dispatcher starts.
 */
export class ControllerWorker {
  readonly #requester: Requester;

  /** @param requester recorded on every operation of this instance */
  constructor(requester: Requester = THE_WORKER) {
    this.#requester = requester;
  }

  /** Builds an amphora without a load balancer; the handle's `resourceId` is its id. */
  async createAmphora(): Promise<OperationHandle> {
    return this.#start(await commitNewAmphora(uuidv4(), this.#request('create-amphora')));
  }

  /**
   * Deletes an amphora that carries no traffic: a spare, or one in ERROR.
   * @throws AmphoraNotFound
   * @throws ImmutableObjectError it is in use
   */
  async deleteAmphora(amphoraId: string): Promise<OperationHandle> {
    checkId('amphora_id', amphoraId);
    return this.#start(await commitAmphoraDeletion(amphoraId, this.#request('delete-amphora')));
  }

  /**
   * Creates a load balancer. `wait()` fails with `NoSuitableAmphora` when no amphora could be had.
   * @throws DuplicateIdError one of that id exists
   */
  async createLoadBalancer(loadBalancer: NewLoadBalancer): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancer.id);
    const input = { amphorae: plannedAmphorae(loadBalancer.topology) };
    return this.#start(await commitNewLoadBalancer(loadBalancer, this.#request('create-load-balancer', input)));
  }

  /**
   * @throws LBNotFound
   * @throws ImmutableObjectError it is not ACTIVE
   */
  async updateLoadBalancer(loadBalancerId: string, updates: LoadBalancerUpdates): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancerId);
    const operation = await commitLoadBalancerOperation(loadBalancerId, this.#request('update-load-balancer'), {
      allowed: MUTABLE_STATUSES,
      to: ProvisioningStatus.PENDING_UPDATE,
      changes: updates,
    });
    return this.#start(operation);
  }

  /**
   * @throws LBNotFound
   * @throws ImmutableObjectError it is neither ACTIVE nor in ERROR
   */
  async deleteLoadBalancer(loadBalancerId: string): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancerId);
    const operation = await commitLoadBalancerOperation(loadBalancerId, this.#request('delete-load-balancer'), {
      allowed: DELETABLE_STATUSES,
      to: ProvisioningStatus.PENDING_DELETE,
    });
    return this.#start(operation);
  }

  /** @throws NoSuitableLB */
  async createListener(_listener: object): Promise<OperationHandle> {
    throw new NotImplementedError('createListener');
  }

  /** @throws ListenerNotFound */
  async updateListener(_listenerId: string, _updates: object): Promise<OperationHandle> {
    throw new NotImplementedError('updateListener');
  }

  /** @throws ListenerNotFound */
  async deleteListener(_listenerId: string): Promise<OperationHandle> {
    throw new NotImplementedError('deleteListener');
  }

  /** @throws NoSuitableLB */
  async createPool(_pool: object): Promise<OperationHandle> {
    throw new NotImplementedError('createPool');
  }

  /** @throws PoolNotFound */
  async updatePool(_poolId: string, _updates: object): Promise<OperationHandle> {
    throw new NotImplementedError('updatePool');
  }

  /** @throws PoolNotFound */
  async deletePool(_poolId: string): Promise<OperationHandle> {
    throw new NotImplementedError('deletePool');
  }

  /** @throws NoSuitablePool */
  async createHealthMonitor(_healthMonitor: object): Promise<OperationHandle> {
    throw new NotImplementedError('createHealthMonitor');
  }

  /** @throws HMNotFound */
  async updateHealthMonitor(_healthMonitorId: string, _updates: object): Promise<OperationHandle> {
    throw new NotImplementedError('updateHealthMonitor');
  }

  /** @throws HMNotFound */
  async deleteHealthMonitor(_healthMonitorId: string): Promise<OperationHandle> {
    throw new NotImplementedError('deleteHealthMonitor');
  }

  /** @throws NoSuitablePool */
  async createMember(_member: object): Promise<OperationHandle> {
    throw new NotImplementedError('createMember');
  }

  /** @throws MemberNotFound */
  async updateMember(_memberId: string, _updates: object): Promise<OperationHandle> {
    throw new NotImplementedError('updateMember');
  }

  /** @throws MemberNotFound */
  async deleteMember(_memberId: string): Promise<OperationHandle> {
    throw new NotImplementedError('deleteMember');
  }

  /** @throws AmphoraNotFound */
  async failoverAmphora(_amphoraId: string): Promise<OperationHandle> {
    throw new NotImplementedError('failoverAmphora');
  }

  #request(flow: Operation['flow'], input: OperationRequest['input'] = {}): OperationRequest {
    return { flow, requester: this.#requester, input };
  }

  async #start(operation: Operation): Promise<OperationHandle> {
    await startExecution(operation);
    return operationHandle(operation);
  }
}
