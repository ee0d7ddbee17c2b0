import type { Requester } from './operation.ts';

export const RolloutStatus = Object.freeze({
  RUNNING: 'RUNNING',
  /** By an operator: nothing more begins until it is RUNNING again. */
  PAUSED: 'PAUSED',
  /** Automatic, because too many replacements have failed; otherwise like PAUSED. */
  HALTED: 'HALTED',
  /** For good. */
  STOPPED: 'STOPPED',
  COMPLETED: 'COMPLETED',
});
export type RolloutStatus = (typeof RolloutStatus)[keyof typeof RolloutStatus];

/** Nothing comes after these. */
export const ENDED_ROLLOUTS: readonly RolloutStatus[] = [RolloutStatus.STOPPED, RolloutStatus.COMPLETED];

export const RolloutStepStatus = Object.freeze({
  /** Its next amphora has not had its turn. */
  WAITING: 'WAITING',
  /** A failover runs. */
  REPLACING: 'REPLACING',
  /** The failover has succeeded; whether the VIP is served is looked at. */
  SETTLING: 'SETTLING',
  DONE: 'DONE',
  FAILED: 'FAILED',
  SKIPPED: 'SKIPPED',
});
export type RolloutStepStatus = (typeof RolloutStepStatus)[keyof typeof RolloutStepStatus];

export const DUE_REASONS = ['image', 'flavor', 'age'] as const;
export type DueReason = (typeof DUE_REASONS)[number];

/** Which amphorae are due. */
export interface RolloutCriteria {
  /** Those of another image than the newest one with their tag. */
  readonly image: boolean;
  /** Those of another Nova flavor than theirs would be now. */
  readonly flavor: boolean;
  /** Those that were made longer ago, in seconds; null: age is no reason. */
  readonly max_age: number | null;
  /** null: of all. */
  readonly project_id: string | null;
  /** null: of all. */
  readonly loadbalancer_ids: readonly string[] | null;
}

export interface DueAmphora {
  readonly amphora_id: string;
  readonly reasons: readonly { readonly reason: DueReason; readonly has: string; readonly wanted: string }[];
}

/** A load balancer with amphorae that are due. */
export interface DueLoadBalancer {
  readonly loadbalancer_id: string;
  readonly project_id: string;
  readonly amphorae: readonly DueAmphora[];
}

/** A replacement of amphorae, as it is kept. Times are ISO 8601, UTC. */
export interface Rollout extends RolloutCriteria {
  readonly id: string;
  readonly status: RolloutStatus;
  /** Load balancers that are worked on at the same time. */
  readonly at_once: number;
  /** So many failures halt it. */
  readonly max_failures: number;
  /** Failures that an operator has gone on after. */
  readonly forgiven: number;
  /** Why it was halted. */
  readonly reason: string | null;
  readonly requester: Requester;
  readonly created_at: string;
  /** null until the due load balancers are written down. */
  readonly planned_at: string | null;
  readonly ended_at: string | null;
}

/** One load balancer of a roll-out. Times are ISO 8601, UTC. */
export interface RolloutStep extends DueLoadBalancer {
  readonly rollout_id: string;
  readonly status: RolloutStepStatus;
  /** Ids of the amphorae that have not had their turn. */
  readonly left: readonly string[];
  /** The latest that had. */
  readonly amphora_id: string | null;
  /** Its failover. */
  readonly operation_id: string | null;
  /** When the status was reached, or its turn was tried last. */
  readonly since: string;
  /** Why it failed, was skipped, or waits. */
  readonly reason: string | null;
}

/** How many load balancers of a roll-out are where. */
export type RolloutProgress = Readonly<Record<RolloutStepStatus, number>>;

export const progressOf = (steps: readonly RolloutStep[]): RolloutProgress => {
  const counts = { WAITING: 0, REPLACING: 0, SETTLING: 0, DONE: 0, FAILED: 0, SKIPPED: 0 };
  for (const { status } of steps) counts[status] += 1;
  return counts;
};

/** Worked on: nothing else begins in its place. One whose first amphora is replaced keeps its place for the second. */
export const isUnderWay = ({ status, left, amphorae }: RolloutStep): boolean =>
  status === RolloutStepStatus.REPLACING ||
  status === RolloutStepStatus.SETTLING ||
  (status === RolloutStepStatus.WAITING && left.length < amphorae.length);
