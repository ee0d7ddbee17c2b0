import { AsyncLocalStorage } from 'node:async_hooks';

/** The part of Lambda's context that knows when the function is stopped. */
interface Clock {
  getRemainingTimeInMillis(): number;
}

const current = new AsyncLocalStorage<Clock>();

/** The handler, with what it does knowing how much of the function's time is left. */
export const underDeadline =
  <Call extends readonly [event: unknown, context: Clock, ...more: readonly unknown[]], Result>(
    handler: (...call: Call) => Result,
  ) =>
  (...call: Call): Result =>
    current.run(call[1], () => handler(...call));

/** Milliseconds until the function is stopped; Infinity outside of functions that need to know. */
export const remainingMs = (): number => current.getStore()?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
