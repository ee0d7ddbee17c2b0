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
  return locks.hold(where ? [where.lock] : [], async () => {
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

const batchKeys = async (store: Store, data: Record<string, unknown>): Promise<string[]> => {
  const keys: string[] = [];
  for (const [tableName, requests] of Object.entries(isObject(data.RequestItems) ? data.RequestItems : {})) {
    for (const request of Array.isArray(requests) ? requests : []) {
      const { PutRequest: put, DeleteRequest: del } = isObject(request) ? request : {};
      const where = await keyOf(store, {
        TableName: tableName,
        ...(isObject(put) ? put : {}),
        ...(isObject(del) ? del : {}),
      });
      if (where) keys.push(where.lock);
    }
  }
  return keys;
};

/** BatchWriteItem. Stronger than AWS's: all of it becomes visible at once. */
export const writeBatch = async (store: Store, locks: Locks, input: unknown): Promise<unknown> => {
  const name: OperationName = 'BatchWriteItem';
  const data = checkInput(store, name, input);
  return locks.hold(await batchKeys(store, data), async () => {
    const overlay = createOverlay(store);
    const answer = await runOperation(overlay.store, name, data);
    await store.db.batch(overlay.changes());
    return answer;
  });
};
