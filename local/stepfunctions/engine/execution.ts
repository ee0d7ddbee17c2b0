import type { Json, JsonObject } from '../../json.ts';
import type { History } from './history.ts';

export interface TaskCall {
  /** The function's name, from the resource's ARN or the parameters. */
  readonly functionName: string;
  readonly payload: Json;
  readonly stateMachine: string;
  readonly state: string;
}

/**
 * Calls a function. A rejection is the function's own failure: `error.name` becomes the flow's error name, as it does
 * on AWS, and name, message and trace its cause.
 */
export type Invoke = (call: TaskCall) => Promise<Json>;

/** How long the time limit of a call is in milliseconds: 1000 for each second, unless a test is in a hurry. */
export type TimeoutMs = (call: TaskCall, seconds: number) => number;

/** What all states of one execution share. */
export interface Execution {
  readonly stateMachine: string;
  readonly invoke: Invoke;
  readonly history: History;
  /** The context object without State and Map. */
  readonly context: JsonObject;
  /** Milliseconds a second of Wait and Retry lasts; 1000 unless a test is in a hurry. */
  readonly secondMs: number;
  /** Milliseconds that the TimeoutSeconds of a task last. */
  readonly timeoutMs: TimeoutMs;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Where a branch or an iteration is: its own place in the history, and what can end it. */
export interface Thread {
  /** Id of the event before the next one. */
  last: number;
  readonly context: JsonObject;
  readonly signal: AbortSignal;
}
