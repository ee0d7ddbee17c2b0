import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

/** A name no other run uses. */
export const uniqueName = (prefix: string): string => `${prefix}-${randomUUID()}`;

/** What a call threw, or null when it threw nothing. */
export const thrownBy = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call;
    return null;
  } catch (error) {
    return error;
  }
};

/** Asks again until the answer is not null; fails after `limit` ms. */
export const eventually = async <T>(what: string, ask: () => Promise<T | null>, limit = 90_000): Promise<T> => {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
    await wait(100);
  }
};

export interface CleanUp {
  /** Remembers a step; steps run newest first. */
  later(step: () => Promise<unknown>): void;
  /** Runs every step, whatever the others do; throws what failed. */
  run(): Promise<void>;
}

/** What a contract leaves behind, taken away even when a test failed. */
export const cleanUp = (): CleanUp => {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    later: (step) => void steps.push(step),
    async run() {
      const failures: unknown[] = [];
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        const error = await thrownBy(step());
        if (error !== null) failures.push(error);
      }
      if (failures.length > 0) throw new AggregateError(failures, 'clean-up failed');
    },
  };
};
