import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { DryRunEnded, isDryRun } from '../../context/dry-run.ts';
import { documents, tableName } from './client.ts';
import { dryRunKey } from './keys.ts';
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

const refusalOf = (error: TransactionCanceledException): Refusal | null => {
  const reasons = error.CancellationReasons ?? [];
  const indexes = reasons.flatMap(({ Code }, at) => (Code === 'ConditionalCheckFailed' ? [at] : []));
  const [index] = indexes;
  if (index === undefined) return null;
  const item = reasons[index]?.Item;
  return { index, indexes, found: item === undefined ? null : unmarshall(item) };
};

/** What never holds, at a place of its own: two dry runs at the same time do not meet there. */
const neverHolds = (): TransactItem => ({
  ConditionCheck: {
    TableName: tableName(),
    Key: dryRunKey(randomUUID()),
    ConditionExpression: 'attribute_exists(pk)',
  },
});

/** The table's judgement, and nothing written. @throws DryRunEnded nothing but the dry run refuses it */
const refusalInDryRun = async (items: readonly TransactItem[]): Promise<Refusal> => {
  const refusal = await write([...items, neverHolds()]);
  if (refusal === null || refusal.index >= items.length) throw new DryRunEnded({ items });
  return { ...refusal, indexes: refusal.indexes.filter((index) => index < items.length) };
};

/**
 * Writes all or nothing. Answers null when written, otherwise which condition refused. The client tries conflicts with other
 * transactions again (`PATIENCE_MS`).
 * @throws ObjectTooLargeError a row would be too large
 * @throws DryRunEnded in a dry run, when it would have been written
 * @throws the SDK's own errors for everything else
 */
export const transact = (items: readonly TransactItem[]): Promise<Refusal | null> =>
  isDryRun() ? refusalInDryRun(items) : write(items);

const write = async (items: readonly TransactItem[]): Promise<Refusal | null> => {
  try {
    await refusingTooLarge(items.map(writtenBy), () =>
      documents().send(new TransactWriteCommand({ TransactItems: [...items] })),
    );
    return null;
  } catch (error) {
    const refusal = error instanceof TransactionCanceledException ? refusalOf(error) : null;
    if (refusal === null) throw error;
    return refusal;
  }
};

/** Attributes that every item of a transaction carries. */
export const inTable = () => ({ TableName: tableName(), ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const });
