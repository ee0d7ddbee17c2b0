import { setTimeout as wait } from 'node:timers/promises';
import type { LoadBalancerApi } from '../cloud/load-balancer-api.ts';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';

const PAUSE_MS = 20;

export interface Waited {
  /** The longest that the other tenant waited for an answer, in milliseconds. */
  readonly longestMs: number;
  readonly answers: number;
  /** Statuses other than 200. */
  readonly refusals: readonly number[];
}

/** Asks for a list again and again as another tenant, while something is done. */
export const whileAnotherAsks = async <T>(
  other: LoadBalancerApi,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly waited: Waited }> => {
  let done = false;
  let longestMs = 0;
  let answers = 0;
  const refusals: number[] = [];
  const asking = (async () => {
    while (!done) {
      const start = performance.now();
      const { status } = await other.call('GET', LOAD_BALANCERS);
      longestMs = Math.max(longestMs, performance.now() - start);
      answers += 1;
      if (status !== 200) refusals.push(status);
      await wait(PAUSE_MS);
    }
  })();
  try {
    const result = await work();
    return { result, waited: { longestMs, answers, refusals } };
  } finally {
    done = true;
    await asking;
  }
};
