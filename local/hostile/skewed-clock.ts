import { AsyncLocalStorage } from 'node:async_hooks';

export interface SkewedClock {
  /** Runs `work` with a clock that is so many milliseconds ahead, in everything that it starts. */
  run<T>(skewMs: number, work: () => T): T;
  /** Gives the process its own clock back. */
  stop(): void;
}

/**
 * Replaces this process's Date, so that parts of it can have clocks that differ, as the machines do that Lambda runs functions on.
 * Timers and `performance.now()` keep their time.
 */
export const startSkewedClock = (): SkewedClock => {
  const skews = new AsyncLocalStorage<number>();
  const real = globalThis.Date;
  const now = (): number => real.now() + (skews.getStore() ?? 0);
  globalThis.Date = new Proxy(real, {
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new real(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  return {
    run: (skewMs, work) => skews.run(skewMs, work),
    stop: () => {
      globalThis.Date = real;
    },
  };
};
