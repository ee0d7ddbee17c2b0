import * as z from 'zod';

const answered = z.object({ $metadata: z.object({ httpStatusCode: z.number().optional() }) });

/** What DynamoDB calls a request that it would take later. */
const BUSY: ReadonlySet<string> = new Set([
  'InternalServerError',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/**
 * True when the table could not be reached, or was too busy: any request would have failed then. False for a request that
 * the table refuses for what is in it.
 */
export const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (BUSY.has(error.name) || error.name === 'TimeoutError') return true;
  const status = answered.safeParse(error).data?.$metadata.httpStatusCode;
  if (status !== undefined) return status >= 500;
  // Without an answer it is the connection, whose errors have codes.
  return 'code' in error && typeof error.code === 'string';
};
