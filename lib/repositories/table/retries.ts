import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { remainingMs } from '../../context/deadline.ts';
import { AWS_REQUEST_MS } from '../../settings/aws-client.ts';
import { undecided } from './outage.ts';

type RetryStrategy = Extract<
  Exclude<DynamoDBClientConfig['retryStrategy'], undefined>,
  { acquireInitialRetryToken: unknown }
>;
type Token = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;

/**
 * Milliseconds for which one request is tried again. After conflicts that is longer: of many writers of one item each gets its turn, and a
 * refusal would only make its client send the same again.
 */
export const PATIENCE_MS = { busy: 12_000, conflict: 20_000 } as const;

const BUSY_BASE_MS = 50;
const BUSY_CEILING_MS = 2_000;

const CONFLICT_BASE_MS = 16;
const CONFLICT_CEILING_MS = 1_000;
/** The age of a request at which its ceiling has shrunk to the least. */
const CONFLICT_AGING_MS = 2_500;
/** The least ceiling, in times that a try takes: some 15 ms where a try takes 5 ms; and how long that may be. */
const CONFLICT_LEAST_TRIES = 3;
const CONFLICT_LEAST_MS = 1_000;
/** Where a try takes longer than this, ceiling and age stretch in proportion, up to so many times. */
const CONFLICT_PACE_MS = 12;
const CONFLICT_PACE_MOST = 8;

/** A request that was not decided. */
export interface Tried {
  readonly why: 'conflict' | 'busy';
  /** How often it was sent. */
  readonly tries: number;
  /** Milliseconds since it was sent first, and since it was sent last. */
  readonly ageMs: number;
  readonly tookMs: number;
}

const ceilingOf = ({ why, tries, ageMs, tookMs }: Tried): number => {
  if (why === 'busy') return Math.min(BUSY_CEILING_MS, BUSY_BASE_MS * 2 ** tries);
  const pace = Math.min(CONFLICT_PACE_MOST, Math.max(1, tookMs / CONFLICT_PACE_MS));
  const ceiling = Math.min(CONFLICT_CEILING_MS * pace, CONFLICT_BASE_MS * 2 ** tries);
  const least = Math.min(CONFLICT_LEAST_MS, CONFLICT_LEAST_TRIES * tookMs);
  return Math.max(ceiling * (1 - ageMs / (CONFLICT_AGING_MS * pace)), least);
};

/**
 * The pause before a request is tried again, in milliseconds: any number up to a ceiling that doubles with each try. After conflicts the
 * ceiling shrinks with the request's age, so that of many writers of one item the oldest is the most likely to be next. Where tries take
 * long all of it is slower, so that tries are not all that is done, and the oldest still comes first.
 * @returns null when it is not to be tried again
 */
export const pauseBefore = (tried: Tried): number | null =>
  tried.ageMs >= PATIENCE_MS[tried.why] ? null : Math.random() * ceilingOf(tried);

interface Progress {
  readonly firstAt: number;
  readonly lastAt: number;
}

const progress = z.object({ firstAt: z.number(), lastAt: z.number() });

const tokenOf = (firstAt: number, count: number, delay: number): Token & Progress => ({
  firstAt,
  lastAt: performance.now() + delay,
  getRetryCount: () => count,
  getRetryDelay: () => delay,
});

/**
 * Tries each request for the same time, by its own clock, and starts no try that could outlast the function. The client's own way has one
 * budget for all requests together: a table that refuses many uses it up, and from then on nothing is tried again. And it tries no
 * conflict again.
 */
export const eachForItself: RetryStrategy = {
  acquireInitialRetryToken: async () => tokenOf(performance.now(), 0, 0),
  refreshRetryTokenForRetry: async (token, { error, errorType }) => {
    const why = undecided(error) ?? (errorType === 'CLIENT_ERROR' ? null : 'busy');
    const { firstAt, lastAt } = progress.parse(token);
    const [now, tries] = [performance.now(), token.getRetryCount() + 1];
    const delay = why === null ? null : pauseBefore({ why, tries, ageMs: now - firstAt, tookMs: now - lastAt });
    const tooLate = delay !== null && delay + AWS_REQUEST_MS > remainingMs();
    if (delay === null || tooLate) throw new Error('not to be tried again');
    return tokenOf(firstAt, tries, delay);
  },
  recordSuccess: () => {},
};
