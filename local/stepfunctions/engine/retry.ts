import type { Catcher, Retrier } from './definition.ts';
import { type FlowError, matches } from './errors.ts';

/** Counts the attempts of one state, each retrier for itself, from the entry of the state to its exit. */
export interface Retries {
  /** Retries made so far, by all retriers. */
  readonly count: number;
  /** Seconds until the next attempt; null when the error is not to be retried (any more). */
  next(failure: FlowError): number | null;
}

const delay = (retrier: Retrier, attempt: number, random: () => number): number => {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
  return retrier.JitterStrategy === 'FULL' ? seconds * random() : seconds;
};

/** The first retrier that names the error decides; when its attempts are used up nothing retries the error. */
export const createRetries = (retriers: readonly Retrier[] | undefined, random: () => number): Retries => {
  const attempts = new Map<Retrier, number>();
  const retries = {
    count: 0,
    next: (failure: FlowError): number | null => {
      const retrier = retriers?.find(({ ErrorEquals: names }) => matches(names, failure.error));
      if (retrier === undefined) return null;
      const made = attempts.get(retrier) ?? 0;
      if (made >= (retrier.MaxAttempts ?? 3)) return null;
      attempts.set(retrier, made + 1);
      retries.count += 1;
      return delay(retrier, made, random);
    },
  };
  return retries;
};

/** The first catcher that names the error. */
export const findCatcher = (catchers: readonly Catcher[] | undefined, failure: FlowError): Catcher | undefined =>
  catchers?.find(({ ErrorEquals: names }) => matches(names, failure.error));
