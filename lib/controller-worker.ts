import { v4 as uuidv4 } from 'uuid';
import { AmphoraNotFound } from './errors/not-found.ts';
import { AmphoraRole } from './models/objects/amphora.ts';
import type { Child } from './models/objects/child.ts';
import type { LoadBalancer, Vip } from './models/objects/load-balancer.ts';
import type { Operation } from './models/operations/operation.ts';
import {
  AmphoraStatus,
  DELETABLE_STATUSES,
  FAILOVERABLE_STATUSES,
  MUTABLE_STATUSES,
  ProvisioningStatus,
} from './models/statuses.ts';
import {
  commitAmphoraDeletion,
  commitAmphoraOperation,
  commitNewAmphora,
  getAmphora,
} from './repositories/fleet/amphora-commits.ts';
import {
  commitLoadBalancerOperation,
  commitNewLoadBalancer,
  type LoadBalancerCommit,
  type NewLoadBalancer,
  type SpareTake,
} from './repositories/locks/commits.ts';
import { type Doubts, doubtRow } from './repositories/locks/pushes.ts';
import { getLoadBalancer } from './repositories/objects/load-balancers.ts';
import type { OperationRequest } from './repositories/operations/operations.ts';
import { ChildChanges } from './worker/child-changes.ts';
import { type OperationHandle, operationHandle } from './worker/operation-handle.ts';
import { checkId } from './worker/operation-starter.ts';
import { plannedAmphorae, vrrpGroupFor } from './worker/planned-amphorae.ts';
import { withSpare } from './worker/spares.ts';

/** What a load balancer's owner may change. */
export type LoadBalancerUpdates = Partial<
  Pick<LoadBalancer, 'name' | 'description' | 'enabled' | 'tags' | 'deletion_protected'>
> & {
  readonly vip?: Partial<Pick<Vip, 'qos_policy_id' | 'sg_ids'>>;
};

/** On what condition a failover begins, and what is written with it. */
export interface FailoverTerms extends Partial<Pick<LoadBalancerCommit, 'allowed' | 'fence' | 'rows'>> {
  /** True: the new amphora is built, and no spare taken, which may be as old as the one that leaves. @default false */
  readonly fresh?: boolean;
}

/**
 * Orchestrates create, update and delete of Octavia's objects. Every method checks its argument and precondition,
 * commits the wanted state with its operation, starts the flow, and answers a handle at once; `wait()` follows it to
 * its end. A process that dies between commit and start leaves an operation that the dispatcher starts.
 */
export class ControllerWorker extends ChildChanges {
  /** Builds an amphora without a load balancer; the handle's `resourceId` is its id. */
  async createAmphora(): Promise<OperationHandle> {
    return this.start(await commitNewAmphora(uuidv4(), this.request('create-amphora')));
  }

  /**
   * Deletes an amphora that carries no traffic: a spare, or one in ERROR.
   * @throws AmphoraNotFound
   * @throws ImmutableObjectError it is in use
   */
  async deleteAmphora(amphoraId: string): Promise<OperationHandle> {
    checkId('amphora_id', amphoraId);
    return this.start(await commitAmphoraDeletion(amphoraId, this.request('delete-amphora')));
  }

  /**
   * Creates a load balancer with everything below it. `wait()` fails with `NoSuitableAmphora` when no amphora could be had.
   * @throws DuplicateIdError one of that id exists
   */
  async createLoadBalancer(loadBalancer: NewLoadBalancer, children: readonly Child[] = []): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancer.id);
    const { topology } = loadBalancer;
    const committed = { ...loadBalancer, vrrp_group: vrrpGroupFor(loadBalancer) };
    const operation = await withSpare(committed, AmphoraRole.STANDALONE, (spare) => {
      const input = { topology, amphorae: plannedAmphorae(topology, spare), spare: spare !== null };
      return commitNewLoadBalancer(committed, this.request('create-load-balancer', input), children, spare);
    });
    return this.start(operation);
  }

  /**
   * @throws LBNotFound
   * @throws ImmutableObjectError it is neither ACTIVE nor in ERROR
   * @throws UnrestorableError it is in ERROR, and an update cannot bring it back
   */
  async updateLoadBalancer(loadBalancerId: string, { vip, ...changes }: LoadBalancerUpdates): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancerId);
    const operation = await commitLoadBalancerOperation(loadBalancerId, this.request('update-load-balancer'), {
      allowed: MUTABLE_STATUSES,
      to: ProvisioningStatus.PENDING_UPDATE,
      restores: true,
      changes,
      ...(vip !== undefined && { vip }),
    });
    return this.start(operation);
  }

  /**
   * @throws LBNotFound
   * @throws ImmutableObjectError it is neither ACTIVE nor in ERROR
   * @throws DeletionProtectedError
   */
  async deleteLoadBalancer(loadBalancerId: string): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancerId);
    const operation = await commitLoadBalancerOperation(loadBalancerId, this.request('delete-load-balancer'), {
      allowed: DELETABLE_STATUSES,
      to: ProvisioningStatus.PENDING_DELETE,
      deletes: true,
    });
    return this.start(operation);
  }

  /**
   * Replaces an amphora, dead or alive. One without a load balancer is deleted.
   * @param allowed states of its load balancer; health failovers also repair one in ERROR, unless its deletion failed: that
   *   takes a failover of the whole
   * @param fence the load balancer's when the reason was seen
   * @param rows further rows of the same transaction
   * @param fresh no spare is taken
   * @throws AmphoraNotFound
   * @throws ImmutableObjectError its load balancer is in another state
   */
  async failoverAmphora(
    amphoraId: string,
    { allowed = MUTABLE_STATUSES, ...further }: FailoverTerms = {},
  ): Promise<OperationHandle> {
    checkId('amphora_id', amphoraId);
    const amphora = await getAmphora(amphoraId);
    if (amphora.status === AmphoraStatus.DELETED) throw new AmphoraNotFound(amphoraId);
    if (amphora.load_balancer_id === null) return await this.deleteAmphora(amphoraId);
    const loadBalancer = await getLoadBalancer(amphora.load_balancer_id);
    const inputOf = (spare: SpareTake | null) => {
      const [first] = plannedAmphorae(loadBalancer.topology, spare);
      const new_role = amphora.role ?? first?.role;
      const replacement = { amphora_id: first?.amphora_id, new_role, leaving: [{ amphora_id: amphoraId }] };
      return { replacements: [replacement] };
    };
    const terms = { allowed, unlessIncomplete: true, ...further };
    return await this.#failover('failover-amphora', loadBalancer, inputOf, terms);
  }

  /**
   * Replaces all amphorae of a load balancer, one after another; repairs one in ERROR.
   * @throws LBNotFound
   * @throws ImmutableObjectError it is neither ACTIVE nor in ERROR
   */
  async failoverLoadBalancer(
    loadBalancerId: string,
    { allowed = FAILOVERABLE_STATUSES, ...further }: FailoverTerms = {},
  ): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancerId);
    const loadBalancer = await getLoadBalancer(loadBalancerId);
    const inputOf = (spare: SpareTake | null) => ({ amphorae: plannedAmphorae(loadBalancer.topology, spare) });
    return await this.#failover('failover-load-balancer', loadBalancer, inputOf, { allowed, ...further });
  }

  /**
   * Brings ports, security group, networks and configurations of a load balancer to what the table says; one in ERROR
   * is restored.
   * @param doubts what of its amphorae differs from its record, by amphora id
   * @param fence the load balancer's when that was seen
   * @throws LBNotFound
   * @throws ImmutableObjectError another operation works on it, or has since
   * @throws UnrestorableError it is in ERROR, and an update cannot bring it back
   */
  async repairLoadBalancer(
    loadBalancerId: string,
    { doubts, fence }: { readonly doubts: ReadonlyMap<string, Doubts>; readonly fence: number },
  ): Promise<OperationHandle> {
    checkId('loadbalancer_id', loadBalancerId);
    const operation = await commitLoadBalancerOperation(loadBalancerId, this.request('update-load-balancer'), {
      allowed: MUTABLE_STATUSES,
      fence,
      to: ProvisioningStatus.PENDING_UPDATE,
      restores: true,
      changes: { ingress_checksum: null },
      rows: () => [...doubts].map(([amphoraId, doubt]) => doubtRow(amphoraId, loadBalancerId, doubt, null)),
    });
    return this.start(operation);
  }

  /**
   * Gives an amphora a new server certificate.
   * @throws AmphoraNotFound
   * @throws ImmutableObjectError it is not up, or another operation works on it
   */
  async rotateAmphoraCertificate(amphoraId: string): Promise<OperationHandle> {
    return await this.#onAmphora(amphoraId, 'rotate-amphora-certificate', ({ id, created_at }) => ({
      cert_busy: true,
      last_rotation: { operation_id: id, at: created_at },
    }));
  }

  /**
   * Pushes an amphora's agent its configuration, by the settings as they are now.
   * @throws AmphoraNotFound
   * @throws ImmutableObjectError it is not up, or another operation works on it
   */
  async updateAmphoraAgentConfig(amphoraId: string): Promise<OperationHandle> {
    return await this.#onAmphora(amphoraId, 'update-amphora-agent-config', ({ id, created_at }) => ({
      last_config_update: { operation_id: id, at: created_at },
    }));
  }

  /**
   * Restarts an operation that does not end: its flow, as a new operation under a new fence. One that was never started
   * is started.
   * @param force also when its execution runs: it is stopped first
   * @throws OperationNotFoundError
   * @throws NothingToRedriveError it is settled, or it runs and is not to be stopped
   */
  async redriveOperation(
    operationId: string,
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<OperationHandle> {
    checkId('operation_id', operationId);
    // Rare, and much to load.
    const { redrive } = await import('./executions/recovery.ts');
    return operationHandle(await redrive(operationId, { requester: this.requester, force }));
  }

  async #failover(
    flow: Operation['flow'],
    loadBalancer: LoadBalancer,
    inputOf: (spare: SpareTake | null) => OperationRequest['input'],
    { fresh = false, ...terms }: FailoverTerms & Pick<LoadBalancerCommit, 'allowed' | 'unlessIncomplete'>,
  ): Promise<OperationHandle> {
    const commit = (spare: SpareTake | null): Promise<Operation> => {
      const request = this.request(flow, { ...inputOf(spare), spare: spare !== null });
      return commitLoadBalancerOperation(loadBalancer.id, request, {
        ...terms,
        to: ProvisioningStatus.PENDING_UPDATE,
        changes: { vrrp_group: vrrpGroupFor(loadBalancer) },
        spare,
      });
    };
    // Without a role: it has yet to take over.
    return this.start(fresh ? await commit(null) : await withSpare(loadBalancer, null, commit));
  }

  async #onAmphora(
    amphoraId: string,
    flow: Operation['flow'],
    changes: Parameters<typeof commitAmphoraOperation>[2],
  ): Promise<OperationHandle> {
    checkId('amphora_id', amphoraId);
    return this.start(await commitAmphoraOperation(amphoraId, this.request(flow), changes));
  }
}
