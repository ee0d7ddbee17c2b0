import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';

const answered = z.object({ $metadata: z.object({ httpStatusCode: z.number().optional() }) });

/**
 * What DynamoDB calls a request that it would take later. Requests have `Exception` behind it, statements of a batch `Error`,
 * items of a transaction nothing.
 */
const BUSY: ReadonlySet<string> = new Set([
  'InternalServer',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'Throttling',
  'TransactionCanceled',
  'TransactionConflict',
  'TransactionInProgress',
]);

/** True for a request, a statement or an item that was not decided: the same again may succeed. */
export const isBusy = (code: string): boolean => BUSY.has(code.replace(/(Exception|Error)$/, ''));

/** Two writes that met at one item. */
const MET = /^Transaction(?:Conflict|InProgress)/;

/**
 * Why a request was not decided, from an error or from a code:
 * - `conflict`: it met another transaction at an item. The same again soon succeeds.
 * - `busy`: the table takes fewer requests than there are.
 * - null: it was decided, or has failed for another reason. A transaction that a condition refused is decided.
 */
export const undecided = (error: unknown): 'conflict' | 'busy' | null => {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map(({ Code = '' }) => Code);
    if (codes.includes('ConditionalCheckFailed')) return null;
    const reasons = codes.map(undecided);
    return reasons.includes('busy') ? 'busy' : reasons.includes('conflict') ? 'conflict' : null;
  }
  const code = error instanceof Error ? error.name : String(error);
  if (MET.test(code)) return 'conflict';
  return isBusy(code) ? 'busy' : null;
};

/** Codes of connections that fail. */
const AWAY: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * - `busy`: the table would take the request later.
 * - `away`: the table could not be reached, or failed.
 * - null: something else, such as a request that the table refuses for its content.
 */
export type Outage = 'busy' | 'away' | null;

/** Why a request to the table failed, when any request would have failed then. */
export const outageOf = (error: unknown): Outage => {
  if (!(error instanceof Error)) return null;
  if (isBusy(error.name)) return 'busy';
  if (error.name === 'TimeoutError' || ('code' in error && AWAY.has(String(error.code)))) return 'away';
  const status = answered.safeParse(error).data?.$metadata.httpStatusCode ?? 0;
  return status >= 500 ? 'away' : null;
};
