import type { InvokeLater } from '../scheduler/event-bus.ts';
import type { Hostility } from './hostility.ts';

/** How much later each further try of a throttled invocation is. */
const SLOWER = 2;

export interface LateCalls {
  readonly invokeLater: InvokeLater;
  /** Forgets what was not delivered yet. */
  stop(): void;
}

/**
 * Asynchronous invocations as EventBridge and Lambda promise them: at least once, in any order. Each comes late, some come twice, and a
 * throttled one is tried again later.
 */
export const createLateCalls = (hostility: Hostility, invokeLater: InvokeLater): LateCalls => {
  const timers = new Set<NodeJS.Timeout>();
  const deliver = (functionKey: string, payload: unknown, factor: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (hostility.hits(`events of ${functionKey}`)) deliver(functionKey, payload, factor * SLOWER);
      else invokeLater(functionKey, payload);
    }, hostility.lag(functionKey) * factor);
    timers.add(timer);
  };
  return {
    invokeLater: (functionKey, payload) => {
      deliver(functionKey, payload, 1);
      // More often than anything is throttled: few events come to a function at all.
      if (hostility.hits(`repeats of ${functionKey}`, 4)) deliver(functionKey, payload, 1);
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
};
