import type { Store } from 'dynalite/db/index.js';
import { isObject } from '../json.ts';
import { isConflict } from './conflicts.ts';
import type { Locks } from './locks.ts';
import { readSettings } from './tables.ts';
import { isConditionFailure, writeItem } from './writes.ts';

const tableNames = async (store: Store): Promise<string[]> => {
  const names: string[] = [];
  for await (const [key] of store.db.iterator({ gte: 'table~', lt: 'table~\xff' }))
    names.push(key.slice('table~'.length));
  return names;
};

const keyAttributes = async (store: Store, tableName: string): Promise<string[]> => {
  const table = await store.db.get(`table~${tableName}`);
  const schema = isObject(table) && Array.isArray(table.KeySchema) ? table.KeySchema : [];
  return schema.flatMap((entry: unknown) => (isObject(entry) ? [String(entry.AttributeName)] : []));
};

const expireTable = async (store: Store, locks: Locks, tableName: string, attribute: string, now: number) => {
  const keys = await keyAttributes(store, tableName);
  let expired = 0;
  for await (const [, item] of store.db.iterator({ gte: `item-${tableName}~`, lt: `item-${tableName}~\xff` })) {
    const end = isObject(item) && isObject(item[attribute]) ? item[attribute].N : undefined;
    if (!isObject(item) || typeof end !== 'string' || Number(end) > now) continue;
    try {
      await writeItem(store, locks, 'DeleteItem', {
        TableName: tableName,
        Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
        ConditionExpression: '#end = :end',
        ExpressionAttributeNames: { '#end': attribute },
        ExpressionAttributeValues: { ':end': { N: end } },
      });
      expired += 1;
    } catch (error) {
      // Written meanwhile, or in flight: the next round looks at it again.
      if (!isConditionFailure(error) && !isConflict(error)) throw error;
    }
  }
  return expired;
};

/** Deletes the items whose time to live is over (`now` in seconds); answers how many. */
export const expireItems = async (store: Store, locks: Locks, now: number): Promise<number> => {
  let expired = 0;
  for (const tableName of await tableNames(store)) {
    const { ttlAttribute } = await readSettings(store, tableName);
    if (ttlAttribute) expired += await expireTable(store, locks, tableName, ttlAttribute, now);
  }
  return expired;
};

/** Makes tables usable again whose creation was cut off between its two writes. */
export const finishTables = async (store: Store): Promise<void> => {
  for (const name of await tableNames(store)) {
    const table = await store.db.get(`table~${name}`);
    if (!isObject(table) || table.TableStatus !== 'CREATING') continue;
    const indexes = Array.isArray(table.GlobalSecondaryIndexes) ? table.GlobalSecondaryIndexes : [];
    await store.db.put(`table~${name}`, {
      ...table,
      TableStatus: 'ACTIVE',
      ...(indexes.length > 0
        ? { GlobalSecondaryIndexes: indexes.map((index) => ({ ...index, IndexStatus: 'ACTIVE' })) }
        : {}),
    });
  }
};
