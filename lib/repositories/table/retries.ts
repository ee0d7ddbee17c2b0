import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

type RetryStrategy = Extract<
  Exclude<DynamoDBClientConfig['retryStrategy'], undefined>,
  { acquireInitialRetryToken: unknown }
>;
type Token = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;

/** Tries of one request; with their pauses they last some 3 s, and 6 s at most. */
export const TABLE_TRIES = 8;
const BASE_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;

const tokenOf = (count: number): Token => ({
  getRetryCount: () => count,
  getRetryDelay: () => Math.random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** count),
});

/**
 * Tries each request as often. The client's own way has one budget for all requests together: a table that refuses many
 * uses it up, and from then on nothing is tried again.
 */
export const eachForItself: RetryStrategy = {
  acquireInitialRetryToken: async () => tokenOf(0),
  refreshRetryTokenForRetry: async (token, { errorType }) => {
    const count = token.getRetryCount() + 1;
    if (errorType === 'CLIENT_ERROR' || count >= TABLE_TRIES) throw new Error('not to be tried again');
    return tokenOf(count);
  },
  recordSuccess: () => {},
};
