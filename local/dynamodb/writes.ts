import type { Store } from 'dynalite/db/index.js';
import { AwsError } from '../http/aws-error.ts';
import { isObject } from '../json.ts';
import { keyOf, readItem } from './items.ts';
import type { Locks } from './locks.ts';
import { checkInput, type OperationName, runOperation } from './operations.ts';
import { createOverlay } from './overlay.ts';

export const isConditionFailure = (error: unknown): error is AwsError =>
  error instanceof AwsError && error.type.endsWith('#ConditionalCheckFailedException');

/** Whether the input asks for the old item in a refusal (`ReturnValuesOnConditionCheckFailure`). */
export const wantsOldItem = (input: unknown): boolean =>
  isObject(input) && input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';

/** PutItem, UpdateItem or DeleteItem: the item and its index entries change in one batch. */
export const writeItem = async (
  store: Store,
  locks: Locks,
  name: 'PutItem' | 'UpdateItem' | 'DeleteItem',
  input: unknown,
): Promise<unknown> => {
  const oldItemWanted = wantsOldItem(input);
  const data = checkInput(store, name, input);
  const where = await keyOf(store, data);
  return locks.write([where?.lock ?? null], async () => {
    const overlay = createOverlay(store);
    try {
      const answer = await runOperation(overlay.store, name, data);
      await store.db.batch(overlay.changes());
      return answer;
    } catch (error) {
      if (!isConditionFailure(error) || !oldItemWanted || where === null) throw error;
      const item = await readItem(store, where.tableName, where.key);
      throw item ? new AwsError(error.type, error.message, { Item: item }) : error;
    }
  });
};

type Requests = readonly { readonly tableName: string; readonly request: unknown; readonly lock: string | null }[];

const batched = async (store: Store, data: Record<string, unknown>): Promise<Requests> => {
  const found: Requests[number][] = [];
  for (const [tableName, requests] of Object.entries(isObject(data.RequestItems) ? data.RequestItems : {})) {
    for (const request of Array.isArray(requests) ? requests : []) {
      const { PutRequest: put, DeleteRequest: del } = isObject(request) ? request : {};
      const where = await keyOf(store, {
        TableName: tableName,
        ...(isObject(put) ? put : {}),
        ...(isObject(del) ? del : {}),
      });
      found.push({ tableName, request, lock: where?.lock ?? null });
    }
  }
  return found;
};

const byTable = (requests: Requests): Record<string, readonly unknown[]> => {
  const tables = new Map<string, unknown[]>();
  for (const { tableName, request } of requests) tables.set(tableName, [...(tables.get(tableName) ?? []), request]);
  return Object.fromEntries(tables);
};

/** BatchWriteItem. Stronger than AWS's: all of it becomes visible at once. Items in flight are answered as unprocessed. */
export const writeBatch = async (store: Store, locks: Locks, input: unknown): Promise<unknown> => {
  const name: OperationName = 'BatchWriteItem';
  const data = checkInput(store, name, input);
  const requests = await batched(store, data);
  const met = requests.filter(({ lock }) => locks.isInFlight(lock));
  const free = requests.filter((request) => !met.includes(request));
  if (free.length === 0) return { UnprocessedItems: byTable(met) };
  return locks.write(
    free.map(({ lock }) => lock),
    async () => {
      const overlay = createOverlay(store);
      const answer = await runOperation(overlay.store, name, { ...data, RequestItems: byTable(free) });
      await store.db.batch(overlay.changes());
      return met.length === 0 || !isObject(answer) ? answer : { ...answer, UnprocessedItems: byTable(met) };
    },
  );
};
