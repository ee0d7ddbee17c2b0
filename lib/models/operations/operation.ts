import type { Flow, LockTarget } from '../flows.ts';
import type { ChildName } from '../objects/child.ts';
import type { Requester } from '../requester.ts';

export const OperationStatus = Object.freeze({
  /** Written with its lock; its execution may not have been started yet. */
  COMMITTED: 'COMMITTED',
  /** Waits for the running holder of the lock, which carries its change. */
  JOINED: 'JOINED',
  RUNNING: 'RUNNING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  /** Another operation took its lock over under a newer fence. */
  SUPERSEDED: 'SUPERSEDED',
});
export type OperationStatus = (typeof OperationStatus)[keyof typeof OperationStatus];

/** So many objects of one operation are named by its record. */
export const MOST_ERROR_OBJECTS = 50;

export type { Requester };

/** The requester of operations without a request. */
export const THE_WORKER: Requester = Object.freeze({ user_id: 'deploy-worker', project_id: null, request_id: null });

export interface OperationStep {
  /** The state's name, which is the function's name. */
  readonly name: string;
  /** The amphora the step worked on, or null. */
  readonly subject: string | null;
  readonly attempts: number;
  /** ISO 8601, UTC, milliseconds; of the latest attempt. */
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  readonly outcome: 'running' | 'succeeded' | 'failed';
  readonly error_name: string | null;
  readonly error_message: string | null;
}

/** The record of one operation: what was asked, its requester, what was done, and why it failed. */
export interface Operation {
  readonly id: string;
  readonly flow: Flow;
  readonly target: LockTarget;
  readonly loadbalancer_id: string | null;
  readonly amphora_id: string | null;
  /** The load balancer's project; null for an amphora's own operations. */
  readonly project_id: string | null;
  readonly status: OperationStatus;
  readonly fence: number;
  /**
   * The operation that carries this one's change, when it came while that one was running; or the one that carries it
   * on, after its own execution was lost.
   */
  readonly joined_to: string | null;
  /** How many lost executions this one carries on from. */
  readonly recoveries: number;
  /** True until its own rollback begins: it carries on one that was being undone, and does nothing but undo. */
  readonly resumes_rollback: boolean;
  readonly requester: Requester;
  /** Further ids and small facts for the execution's input. Never a secret. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly steps: readonly OperationStep[];
  readonly failed_step: string | null;
  readonly error_name: string | null;
  readonly error_message: string | null;
  /**
   * What below the load balancer the error is about: the objects at fault, or, when nothing could be applied, all that
   * the operation changes. At most MOST_ERROR_OBJECTS.
   */
  readonly error_objects: readonly ChildName[];
}

/** What every execution is started with, and what every task gets back out of the flow's state. */
export interface FlowInput {
  readonly operation_id: string;
  readonly fence: number;
  readonly target: LockTarget;
  readonly loadbalancer_id: string | null;
  readonly amphora_id: string | null;
}
