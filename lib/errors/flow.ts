import { WorkerError } from './worker-error.ts';

/** The lock was taken over under a newer fence: a handler that gets this must stop and touch nothing more. */
export class OperationSuperseded extends WorkerError {
  override readonly name = 'OperationSuperseded';
  constructor(operationId: string, cause?: unknown) {
    super(`Operation ${operationId} no longer holds its lock.`, {
      resource: 'operation',
      resourceId: operationId,
      cause,
    });
  }
}

/** The operation carries on one that was being undone: its flow goes to its rollback, and does nothing forward. */
export class RollbackResumedError extends WorkerError {
  override readonly name = 'RollbackResumedError';
  constructor(operationId: string) {
    super(`Operation ${operationId} carries on a rollback.`, { resource: 'operation', resourceId: operationId });
  }
}

/** The load balancer (or amphora) is in a state that refuses the operation. */
export class ImmutableObjectError extends WorkerError {
  override readonly name = 'ImmutableObjectError';
  readonly provisioningStatus: string;
  constructor(resource: string, id: string, provisioningStatus: string) {
    super(`Invalid state ${provisioningStatus} of ${resource} resource ${id}`, { resource, resourceId: id });
    this.provisioningStatus = provisioningStatus;
  }
}

/** A row refuses a change for good: the plan does not know that row as it is. A fault of the worker, not of the request. */
export class ChangeRefusedError extends WorkerError {
  override readonly name = 'ChangeRefusedError';
  constructor(loadBalancerId: string, row: string) {
    super(`A change below load balancer ${loadBalancerId} is refused again and again by the row ${row}.`, {
      resource: 'loadbalancer',
      resourceId: loadBalancerId,
    });
  }
}

/** An object with this id exists already. */
export class DuplicateIdError extends WorkerError {
  override readonly name = 'DuplicateIdError';
  constructor(resource: string, id: string) {
    super(`${resource} ${id} exists already.`, { resource, resourceId: id });
  }
}

/** A tenant's own port carries a load balancer already. */
export class VipPortTakenError extends WorkerError {
  override readonly name = 'VipPortTakenError';
  /** @param device the one that has it, as Neutron would name it */
  constructor(portId: string, device: string) {
    super(`Port ${portId} is already used by device ${device}`, { resource: 'port', resourceId: portId });
  }
}

/** A row that a flow was about to change is gone: nothing of that transaction was written. */
export class RowMissingError extends WorkerError {
  override readonly name = 'RowMissingError';
}

/** A new L7 policy cannot act without this rule of its, which could not be applied. */
export class L7RuleRejectedError extends WorkerError {
  override readonly name = 'L7RuleRejectedError';
  constructor(ruleId: string) {
    super(`cannot act without its L7Rule ${ruleId}, which was refused.`, {
      resource: 'L7Rule',
      resourceId: ruleId,
    });
  }
}

/** A listener was rejected after the VIP's ingress rules were made: they must follow before the flow can settle. */
export class IngressRulesStaleError extends WorkerError {
  override readonly name = 'IngressRulesStaleError';
  constructor(loadBalancerId: string) {
    super(`The ingress rules of load balancer ${loadBalancerId} are for listeners that were rejected since.`, {
      resource: 'load balancer',
      resourceId: loadBalancerId,
    });
  }
}

/**
 * A row of a transaction is not as it must be, and nothing was written: mostly, another call of the same task was first.
 * Asking again finds what it did.
 */
export class RowRefusedError extends WorkerError {
  override readonly name = 'RowRefusedError';
  constructor(operationId: string) {
    super(`A row that operation ${operationId} was about to write is not as it was.`, {
      resource: 'operation',
      resourceId: operationId,
    });
  }
}

/** An argument of a library call is wrong; `field` names it. */
export class InvalidArgumentError extends WorkerError {
  override readonly name = 'InvalidArgumentError';
  readonly field: string;
  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`, { resource: 'argument', resourceId: field });
    this.field = field;
  }
}

/** What is stored of one object, with its former form while a change is on its way, would not fit into the table. */
export class ObjectTooLargeError extends WorkerError {
  override readonly name = 'ObjectTooLargeError';
  /** @param title kind and id @param limit bytes */
  constructor(title: string, limit: number, cause?: unknown) {
    super(
      `${title} would have more than the ${limit} bytes that can be stored of it, with its former values while a change ` +
        'is applied. Give it fewer or shorter tags, address blocks or references.',
      { resource: title, cause },
    );
  }
}

/** An operation ended without success; carries what its record says. */
export class OperationFailedError extends WorkerError {
  override readonly name = 'OperationFailedError';
  readonly errorName: string;
  readonly failedStep: string | null;
  constructor(operationId: string, errorName: string, message: string, failedStep: string | null) {
    super(`Operation ${operationId} failed${failedStep ? ` in ${failedStep}` : ''}: ${errorName}: ${message}`, {
      resource: 'operation',
      resourceId: operationId,
    });
    this.errorName = errorName;
    this.failedStep = failedStep;
  }
}

/** A spare amphora that was taken does not answer: it has to be built like any other. */
export class SpareUnusableError extends WorkerError {
  override readonly name = 'SpareUnusableError';
  constructor(amphoraId: string) {
    super(`Spare amphora ${amphoraId} cannot be used.`, { resource: 'amphora', resourceId: amphoraId });
  }
}
