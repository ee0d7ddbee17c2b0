import type { Flow } from '../flows.ts';
import type { ChildKind } from '../objects/child.ts';

/** EventBridge's `detail-type` of what is described here. */
export const TRANSITION_EVENT = 'Status Transition';

/** EventBridge's `detail-type` for a change of a row that could not be read. */
export const UNREADABLE_EVENT = 'Unreadable Change';

/** Grows when a field goes or changes its meaning; a new field does not change it. */
export const TRANSITION_VERSION = 1;

export type StatusField = 'provisioning_status' | 'operating_status' | 'status';

/**
 * What moved the status: an operation; the heartbeats, which report what was seen; or nothing of its own, because the
 * object went with its parent.
 */
export type TransitionCause = 'operation' | 'heartbeat' | 'parent';

/** One status of one object, before and after. */
export interface StatusMove {
  /** The same for the same transition, however often it is delivered. */
  readonly id: string;
  /** Grows with every change of the object; digits, to be compared as a number. */
  readonly sequence: string;
  readonly object_type: 'load_balancer' | ChildKind | 'amphora';
  readonly object_id: string;
  /** null for an amphora without a load balancer. */
  readonly loadbalancer_id: string | null;
  readonly project_id: string | null;
  /** An amphora has a `status`, everything else the other two. */
  readonly field: StatusField;
  /** null for an object that was not there before. */
  readonly before: string | null;
  /** DELETED also for an object whose row is gone. */
  readonly after: string;
  readonly cause: TransitionCause;
  readonly operation_id: string | null;
  /** ISO 8601, UTC, to the second. */
  readonly time: string;
}

/** What a consumer gets. */
export interface Transition extends Omit<StatusMove, 'cause'> {
  readonly version: typeof TRANSITION_VERSION;
  readonly reason: {
    readonly cause: TransitionCause;
    /** What the operation does; null without one. */
    readonly flow: Flow | null;
    /** Why the operation failed, for a status of ERROR. */
    readonly error_name: string | null;
  };
}
