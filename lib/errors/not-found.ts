import type { ChildKind } from '../models/objects/child.ts';
import { KINDS } from '../models/objects/kinds.ts';
import { WorkerError } from './worker-error.ts';

/** The names below without "Error" come from the specification of the controller worker, and stay as they are. */
abstract class NotFound extends WorkerError {
  constructor(resource: string, id: string) {
    super(`${resource} ${id} not found.`, { resource, resourceId: id });
  }
}

export class LBNotFound extends NotFound {
  override readonly name = 'LBNotFound';
  constructor(id: string) {
    super('Load Balancer', id);
  }
}

export class ListenerNotFound extends NotFound {
  override readonly name = 'ListenerNotFound';
  constructor(id: string) {
    super(KINDS.listener.name, id);
  }
}

export class PoolNotFound extends NotFound {
  override readonly name = 'PoolNotFound';
  constructor(id: string) {
    super(KINDS.pool.name, id);
  }
}

export class MemberNotFound extends NotFound {
  override readonly name = 'MemberNotFound';
  constructor(id: string) {
    super(KINDS.member.name, id);
  }
}

export class HMNotFound extends NotFound {
  override readonly name = 'HMNotFound';
  constructor(id: string) {
    super(KINDS.health_monitor.name, id);
  }
}

export class L7PolicyNotFoundError extends NotFound {
  override readonly name = 'L7PolicyNotFoundError';
  constructor(id: string) {
    super(KINDS.l7_policy.name, id);
  }
}

export class L7RuleNotFoundError extends NotFound {
  override readonly name = 'L7RuleNotFoundError';
  constructor(id: string) {
    super(KINDS.l7_rule.name, id);
  }
}

const MISSING: { readonly [Kind in ChildKind]: new (id: string) => Error } = {
  listener: ListenerNotFound,
  pool: PoolNotFound,
  health_monitor: HMNotFound,
  member: MemberNotFound,
  l7_policy: L7PolicyNotFoundError,
  l7_rule: L7RuleNotFoundError,
};

/** The error of an object of that kind that does not exist. */
export const missingChild = (kind: ChildKind, id: string): Error => new MISSING[kind](id);

export class AmphoraNotFound extends NotFound {
  override readonly name = 'AmphoraNotFound';
  constructor(id: string) {
    super('Amphora', id);
  }
}

export class OperationNotFoundError extends NotFound {
  override readonly name = 'OperationNotFoundError';
  constructor(id: string) {
    super('Operation', id);
  }
}

/** A flavor, an availability zone, or a profile of one. */
export class FlavorOrZoneNotFoundError extends NotFound {
  override readonly name = 'FlavorOrZoneNotFoundError';
}

/** No amphora could be had: no capacity, no image, no address, or none became ready in time. */
export class NoSuitableAmphora extends WorkerError {
  override readonly name = 'NoSuitableAmphora';
}

/** The load balancer a listener or pool is for cannot be found. */
export class NoSuitableLB extends WorkerError {
  override readonly name = 'NoSuitableLB';
}

/** The pool a member or health monitor is for cannot be found. */
export class NoSuitablePool extends WorkerError {
  override readonly name = 'NoSuitablePool';
}
