import type { FaultCase } from './cases.ts';
import type { Outcome, Struck } from './run-case.ts';

export interface RunOrder {
  readonly order: 'run';
  readonly cases: readonly FaultCase[];
}

/** Brings every case to where its handler stands still, for the kill. */
export interface BeginOrder {
  readonly order: 'begin';
  readonly cases: readonly FaultCase[];
}

export interface JudgeOrder {
  readonly order: 'judge';
  readonly struck: readonly Struck[];
  readonly witness: WitnessSeen;
  /** Milliseconds UTC. */
  readonly killedAt: number;
}

/** What a stack's process is told by its parent. */
export type Order = RunOrder | BeginOrder | JudgeOrder;

/** A load balancer without requests, as it was before the kill. */
export interface WitnessSeen {
  readonly id: string;
  readonly before: string;
}

/** What it answers. */
export type Report =
  | { readonly report: 'open' }
  | { readonly report: 'struck'; readonly struck: Struck }
  | { readonly report: 'outcome'; readonly outcome: Outcome }
  | { readonly report: 'ready'; readonly witness: WitnessSeen }
  | { readonly report: 'done'; readonly requests: number };
