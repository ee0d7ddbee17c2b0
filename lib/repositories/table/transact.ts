import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { isRehearsed, RehearsalEnded } from '../../context/rehearsal.ts';
import { documents, tableName } from './client.ts';
import { rehearsalKey } from './keys.ts';
import { isBusy } from './outage.ts';
import { refusingTooLarge } from './too-large.ts';

export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** What an item of a transaction writes, by its row or its key. */
export const writtenBy = ({ Put, Update, Delete, ConditionCheck }: TransactItem) => ({
  row: Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key ?? {},
  with: Put?.Item ?? Update?.ExpressionAttributeValues ?? {},
});

/** What a refused transaction found: the index of the first failed condition and the row that failed it. */
export interface Refusal {
  readonly index: number;
  /** Of all failed conditions, the first one's too. */
  readonly indexes: readonly number[];
  /** The row as it is, or null when there is none. */
  readonly found: Readonly<Record<string, unknown>> | null;
}

const CONFLICT_ATTEMPTS = 12;
const CONFLICT_BASE_DELAY_MS = 8;
const CONFLICT_MAX_DELAY_MS = 250;

/** Two transactions that met at one row, or a table that is busy: nothing was decided, and one simply asks again. */
export const isConflict = (error: TransactionCanceledException): boolean => {
  const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code);
  return codes.some((code) => code !== undefined && isBusy(code)) && !codes.includes('ConditionalCheckFailed');
};

const refusalOf = (error: TransactionCanceledException): Refusal | null => {
  const reasons = error.CancellationReasons ?? [];
  const indexes = reasons.flatMap(({ Code }, at) => (Code === 'ConditionalCheckFailed' ? [at] : []));
  const [index] = indexes;
  if (index === undefined) return null;
  const item = reasons[index]?.Item;
  return { index, indexes, found: item === undefined ? null : unmarshall(item) };
};

/** What never holds, at a place of its own: two rehearsals at the same time do not meet there. */
const neverHolds = (): TransactItem => ({
  ConditionCheck: {
    TableName: tableName(),
    Key: rehearsalKey(randomUUID()),
    ConditionExpression: 'attribute_exists(pk)',
  },
});

/** The table's judgement, and nothing written. @throws RehearsalEnded nothing but the rehearsal refuses it */
const judged = async (items: readonly TransactItem[]): Promise<Refusal> => {
  const refusal = await write([...items, neverHolds()]);
  if (refusal === null || refusal.index >= items.length) throw new RehearsalEnded({ items });
  return { ...refusal, indexes: refusal.indexes.filter((index) => index < items.length) };
};

/**
 * Writes all or nothing. Answers null when written, else which condition refused. Conflicts with other transactions
 * are tried again with growing random pauses, some 2 s in all.
 * @throws ObjectTooLargeError a row would be too large
 * @throws RehearsalEnded in a rehearsal, when it would have been written
 * @throws the SDK's own errors for everything else
 */
export const transact = (items: readonly TransactItem[]): Promise<Refusal | null> =>
  isRehearsed() ? judged(items) : write(items);

const write = async (items: readonly TransactItem[]): Promise<Refusal | null> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await refusingTooLarge(items.map(writtenBy), () =>
        documents().send(new TransactWriteCommand({ TransactItems: [...items] })),
      );
      return null;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const refusal = refusalOf(error);
      if (refusal !== null) return refusal;
      if (!isConflict(error) || attempt >= CONFLICT_ATTEMPTS) throw error;
      const ceiling = Math.min(CONFLICT_MAX_DELAY_MS, CONFLICT_BASE_DELAY_MS * 2 ** attempt);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * ceiling));
    }
  }
};

/** Attributes that every item of a transaction carries. */
export const inTable = () => ({ TableName: tableName(), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const });
