import { createHash } from 'node:crypto';
import db, { type Store } from 'dynalite/db/index.js';
import * as z from 'zod';
import { AwsError } from '../http/aws-error.ts';
import { canceled, type Reason } from './conflicts.ts';
import { type ItemKey, keyOf, readItem, readTable } from './items.ts';
import type { Locks } from './locks.ts';
import { checkInput, runOperation, toAwsError } from './operations.ts';
import { createOverlay } from './overlay.ts';
import { isConditionFailure, wantsOldItem } from './writes.ts';

const LIMIT = 100;
const SIZE_LIMIT = 4 * 1024 * 1024;

const fieldsSchema = z.record(z.string(), z.unknown());
const writeSchema = z.object({
  TransactItems: z
    .array(
      z.strictObject({
        Put: fieldsSchema.optional(),
        Update: fieldsSchema.optional(),
        Delete: fieldsSchema.optional(),
        ConditionCheck: fieldsSchema.optional(),
      }),
    )
    .min(1),
  ClientRequestToken: z.string().min(1).max(36).optional(),
});
const readSchema = z.object({ TransactItems: z.array(z.strictObject({ Get: fieldsSchema })).min(1) });

const invalid = (message: string): AwsError => new AwsError('com.amazon.coral.validate#ValidationException', message);

const parseInput = <T>(schema: z.ZodType<T>, input: unknown): T => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(`1 validation error detected: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is malformed'}`);
};

const checkCount = (count: number): void => {
  if (count > LIMIT) {
    throw invalid(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to ${LIMIT}`,
    );
  }
};

const names = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'DeleteItem' } as const;
type Kind = keyof typeof names;
const kinds: readonly Kind[] = ['Put', 'Update', 'Delete', 'ConditionCheck'];

interface Action {
  readonly kind: Kind;
  readonly data: Record<string, unknown>;
  readonly oldItemWanted: boolean;
  readonly where: ItemKey | null;
}

const prepare = async (
  store: Store,
  entry: Partial<Record<Kind, Record<string, unknown> | undefined>>,
): Promise<Action> => {
  const [kind, ...others] = kinds.filter((candidate) => entry[candidate] !== undefined);
  if (kind === undefined || others.length > 0) {
    throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const input = { ...entry[kind] };
  const oldItemWanted = wantsOldItem(input);
  if (kind === 'ConditionCheck' && input.ConditionExpression === undefined) {
    throw invalid('The ConditionExpression of a ConditionCheck must not be null');
  }
  if (kind === 'Update' && input.UpdateExpression === undefined) {
    throw invalid('The UpdateExpression of an Update must not be null');
  }
  const data = checkInput(store, names[kind], input);
  return { kind, data, oldItemWanted, where: await keyOf(store, data) };
};

const checkCondition = async (store: Store, { data, where }: Action): Promise<void> => {
  if (where === null) {
    const table = await readTable(store, String(data.TableName));
    throw invalid(`The provided key element does not match the schema of ${table.TableName}`);
  }
  const item = await readItem(store, where.tableName, where.key);
  const refusal = db.checkConditional(data, item ?? undefined);
  if (refusal) throw toAwsError(refusal);
};

const reasonOf = async (store: Store, action: Action, error: unknown): Promise<Reason> => {
  if (isConditionFailure(error)) {
    const item =
      action.oldItemWanted && action.where ? await readItem(store, action.where.tableName, action.where.key) : null;
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...(item ? { Item: item } : {}) };
  }
  if (error instanceof AwsError && error.type.endsWith('#ValidationException')) {
    return { Code: 'ValidationError', Message: error.message };
  }
  throw error;
};

const apply = async (store: Store, actions: readonly Action[]): Promise<void> => {
  const overlay = createOverlay(store);
  // Each has an item of its own.
  const reasons = await Promise.all(
    actions.map(async (action): Promise<Reason> => {
      try {
        if (action.kind === 'ConditionCheck') await checkCondition(store, action);
        else await runOperation(overlay.store, names[action.kind], action.data);
        return { Code: 'None' };
      } catch (error) {
        return await reasonOf(store, action, error);
      }
    }),
  );
  if (reasons.some(({ Code }) => Code !== 'None')) throw canceled(reasons);
  await store.db.batch(overlay.changes());
};

const locksOf = (actions: readonly { readonly where: ItemKey | null }[]): readonly (string | null)[] =>
  actions.map(({ where }) => where?.lock ?? null);

/** TransactWriteItems as one function: everything or nothing, in one batch on the disk. `bytes` is the request's size. */
export const transactWrite = async (store: Store, locks: Locks, input: unknown, bytes: number): Promise<object> => {
  const { TransactItems: entries } = parseInput(writeSchema, input);
  checkCount(entries.length);
  if (bytes > SIZE_LIMIT) throw invalid('Collection size exceeded: a transaction cannot be larger than 4 MB');
  const actions = await Promise.all(entries.map((entry) => prepare(store, entry)));
  const keys = locksOf(actions);
  const named = keys.filter((key) => key !== null);
  if (new Set(named).size < named.length) {
    throw invalid('Transaction request cannot include multiple operations on one item');
  }
  await locks.writeAll(keys, () => apply(store, actions));
  return {};
};

/** TransactGetItems: all reads see the same moment. */
export const transactGet = async (store: Store, locks: Locks, input: unknown): Promise<object> => {
  const { TransactItems: entries } = parseInput(readSchema, input);
  checkCount(entries.length);
  const reads = await Promise.all(
    entries.map(async ({ Get }) => {
      const data = checkInput(store, 'GetItem', { ...Get });
      return { data, where: await keyOf(store, data) };
    }),
  );
  return locks.readAll(locksOf(reads), async () => ({
    Responses: await Promise.all(reads.map(({ data }) => runOperation(store, 'GetItem', data))),
  }));
};

export type TransactionRunner = (input: unknown, run: () => Promise<object>) => Promise<object>;

const TOKEN_LIFE_MS = 10 * 60_000;

/** Makes a repeated ClientRequestToken harmless for ten minutes: the same request answers again, another one is refused. */
export const createTokenGuard = (now: () => number): TransactionRunner => {
  const seen = new Map<string, { readonly digest: string; readonly at: number; readonly answer: Promise<object> }>();
  const forgetOld = (): void => {
    for (const [token, { at }] of seen) {
      if (now() - at < TOKEN_LIFE_MS) return;
      seen.delete(token);
    }
  };
  return async (input, run) => {
    const { ClientRequestToken: token } = parseInput(writeSchema, input);
    if (token === undefined) return run();
    forgetOld();
    const digest = createHash('sha256').update(JSON.stringify(input)).digest('base64');
    const earlier = seen.get(token);
    if (earlier && earlier.digest !== digest) {
      throw new AwsError(
        'com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException',
        'The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical',
      );
    }
    if (earlier) return earlier.answer;
    const answer = run();
    seen.set(token, { digest, at: now(), answer });
    answer.catch(() => seen.delete(token));
    return answer;
  };
};
