import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
} from '@aws-sdk/client-dynamodb';
import { convertToAttr, unmarshall } from '@aws-sdk/util-dynamodb';
import { client, tableName } from './client.ts';
import type { Key } from './keys.ts';
import { undecided } from './outage.ts';
import { pauseBefore } from './retries.ts';

type Row = Readonly<Record<string, unknown>>;

/** An update of a row that is there, one of many that go out together. */
export interface RowUpdate {
  readonly key: Key;
  readonly set: Row;
  /** What is added to numbers that are there. */
  readonly add?: Readonly<Record<string, number>>;
  /** What must be true of the row. */
  readonly when: readonly (readonly [attribute: string, is: '=' | '<' | '<>', value: unknown])[];
}

/** Why an update was not made: the row as it is, or null when there is none. */
export interface Refused {
  readonly found: Row | null;
}

interface Waiting {
  readonly update: RowUpdate;
  readonly attempt: number;
  readonly firstAt: number;
  readonly resolve: (refused: Refused | null) => void;
  readonly reject: (error: unknown) => void;
}

/** What DynamoDB takes at most. */
const AT_ONCE = 25;
/** How long the first of a batch waits for others. */
const GATHER_MS = 4;

/** Most values are text, for which the SDK's conversion takes twenty times as long. */
const attributeOf = (value: unknown): AttributeValue =>
  typeof value === 'string' ? { S: value } : convertToAttr(value, { removeUndefinedValues: true });

const statementOf = ({ key, set, add = {}, when }: RowUpdate) => {
  const sets = Object.keys(set).map((name) => ` SET "${name}" = ?`);
  const adds = Object.keys(add).map((name) => ` SET "${name}" = "${name}" + ?`);
  const conditions = when.map(([name, is]) => ` AND "${name}" ${is} ?`);
  return {
    Statement: `UPDATE "${tableName()}"${sets.join('')}${adds.join('')} WHERE "pk" = ? AND "sk" = ?${conditions.join('')}`,
    Parameters: [...Object.values(set), ...Object.values(add), key.pk, key.sk, ...when.map(([, , value]) => value)].map(
      attributeOf,
    ),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
};

/** Of one table, by what is updated: DynamoDB refuses a batch with the same row twice in it. */
let waiting = new Map<string, Waiting>();
let flushing: NodeJS.Timeout | null = null;

/** Before the same update is asked for again; null when it was decided, or has been tried for long enough. */
const pauseAfter = ({ attempt, firstAt }: Waiting, code: string, sentAt: number): number | null => {
  const [why, now] = [undecided(code), performance.now()];
  return why === null ? null : pauseBefore({ why, tries: attempt, ageMs: now - firstAt, tookMs: now - sentAt });
};

const settle = (one: Waiting, { Error: error }: Pick<BatchStatementResponse, 'Error'>, sentAt: number): void => {
  const { Code: code = '', Item, Message } = error ?? {};
  const pause = pauseAfter(one, code, sentAt);
  if (error === undefined) one.resolve(null);
  else if (code === 'ConditionalCheckFailed') one.resolve({ found: Item === undefined ? null : unmarshall(Item) });
  else if (pause !== null) setTimeout(() => enqueue({ ...one, attempt: one.attempt + 1 }), pause);
  else {
    const refusal = new Error(`DynamoDB did not update ${one.update.key.pk}: ${code}: ${Message}`);
    one.reject(Object.assign(refusal, { name: code || refusal.name }));
  }
};

const send = async (batch: readonly Waiting[]): Promise<void> => {
  const sentAt = performance.now();
  try {
    const Statements = batch.map(({ update }) => statementOf(update));
    const { Responses = [] } = await client().send(new BatchExecuteStatementCommand({ Statements }));
    for (const [index, one] of batch.entries())
      settle(one, Responses[index] ?? { Error: { Code: 'InternalServerError' } }, sentAt);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
};

const flush = (): void => {
  if (flushing !== null) clearTimeout(flushing);
  flushing = null;
  const batch = [...waiting.values()];
  waiting = new Map();
  if (batch.length > 0) void send(batch);
};

const enqueue = (one: Waiting): void => {
  const { pk, sk } = one.update.key;
  const name = `${pk} ${sk}`;
  if (waiting.has(name)) flush();
  waiting.set(name, one);
  if (waiting.size >= AT_ONCE) flush();
  else flushing ??= setTimeout(flush, GATHER_MS);
};

/**
 * Updates a row if it is there and all conditions hold. What is asked for within some milliseconds goes to DynamoDB in one request, each
 * for itself: one that is refused does not concern the others. Conflicts and throttling are tried again (`PATIENCE_MS`).
 * @returns null when it was updated
 * @throws the SDK's own errors, and Error for what DynamoDB says of this update alone
 */
export const updateBatched = (update: RowUpdate): Promise<Refused | null> =>
  new Promise((resolve, reject) => enqueue({ update, attempt: 1, firstAt: performance.now(), resolve, reject }));
