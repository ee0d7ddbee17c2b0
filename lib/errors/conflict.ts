import { WorkerError } from './worker-error.ts';

/** A change that contradicts what is there already. Nothing was written. */
export abstract class ConflictError extends WorkerError {}

export class DuplicateListenerError extends ConflictError {
  override readonly name = 'DuplicateListenerError';
  constructor(protocol: string, port: number) {
    super(`Another Listener on this Load Balancer is already using protocol ${protocol} and protocol_port ${port}`, {
      resource: 'listener',
    });
  }
}

export class DuplicateMemberError extends ConflictError {
  override readonly name = 'DuplicateMemberError';
  constructor(address: string, port: number) {
    super(`Another member on this pool is already using ip ${address} on protocol_port ${port}`, {
      resource: 'member',
    });
  }
}

export class HealthMonitorExistsError extends ConflictError {
  override readonly name = 'HealthMonitorExistsError';
  constructor(poolId: string) {
    super('This pool already has a health monitor', { resource: 'pool', resourceId: poolId });
  }
}

export class DefaultPoolExistsError extends ConflictError {
  override readonly name = 'DefaultPoolExistsError';
  constructor(listenerId: string) {
    super('This listener already has a default pool', { resource: 'listener', resourceId: listenerId });
  }
}

export class PoolInUseError extends ConflictError {
  override readonly name = 'PoolInUseError';
  constructor(poolId: string, policyId: string) {
    super(`Pool ${poolId} is in use by L7 policy ${policyId}`, { resource: 'pool', resourceId: poolId });
  }
}

/** The object is being deleted, or belongs to one that is. */
export class ImmutableChildError extends ConflictError {
  override readonly name = 'ImmutableChildError';
  constructor(resource: string, id: string) {
    super(`${resource} ${id} is immutable and cannot be updated.`, { resource, resourceId: id });
  }
}

/** Its owner wants it to stay. */
export class DeletionProtectedError extends ConflictError {
  override readonly name = 'DeletionProtectedError';
  constructor(loadBalancerId: string) {
    super(
      `Load Balancer ${loadBalancerId} is protected from deletion. Set its deletion_protected to false to delete it.`,
      { resource: 'loadbalancer', resourceId: loadBalancerId },
    );
  }
}

/** In ERROR, and a change cannot bring it back. */
export class UnrestorableError extends ConflictError {
  override readonly name = 'UnrestorableError';
  /** @param why what follows "is in ERROR and" */
  constructor(loadBalancerId: string, why: string) {
    super(`Load Balancer ${loadBalancerId} is in ERROR and ${why}: delete it, or have an operator fail it over.`, {
      resource: 'loadbalancer',
      resourceId: loadBalancerId,
    });
  }
}

/** An operation that cannot be begun again as it is. */
export class NothingToRedriveError extends ConflictError {
  override readonly name = 'NothingToRedriveError';
  constructor(operationId: string, why: string) {
    super(`There is nothing to redrive: operation ${operationId} ${why}.`, {
      resource: 'operation',
      resourceId: operationId,
    });
  }
}

/** Something refers to it, and would no longer mean what it did. */
export class FlavorOrZoneInUseError extends ConflictError {
  override readonly name = 'FlavorOrZoneInUseError';
  constructor(resource: string, id: string) {
    super(`${resource} ${id} is in use and cannot be modified.`, { resource, resourceId: id });
  }
}

export class FlavorOrZoneNameTakenError extends ConflictError {
  override readonly name = 'FlavorOrZoneNameTakenError';
  constructor(resource: string, name: string) {
    super(`A ${resource.toLowerCase()} of ${name} already exists.`, { resource, resourceId: name });
  }
}

/** Another load balancer has taken the spare amphora, or it is none any more. Nothing was written. */
export class SpareTakenError extends ConflictError {
  override readonly name = 'SpareTakenError';
  constructor(amphoraId: string) {
    super(`Amphora ${amphoraId} is no spare any more.`, { resource: 'amphora', resourceId: amphoraId });
  }
}
