import db, { type Attributes, type Store, type Table } from 'dynalite/db/index.js';
import { isObject } from '../json.ts';
import { toAwsError } from './operations.ts';

const isAttributes = (value: unknown): value is Attributes =>
  isObject(value) && Object.values(value).every((attribute) => isObject(attribute));

/** The table's description; fails with ResourceNotFoundException. */
export const readTable = (store: Store, name: string): Promise<Table> =>
  new Promise((resolve, reject) => {
    store.getTable(name, (error, table) => {
      if (error || table === undefined) reject(toAwsError(error));
      else resolve(table);
    });
  });

/** Reads one item by its key, null when there is none. */
export const readItem = (store: Store, tableName: string, key: string): Promise<Attributes | null> =>
  new Promise((resolve, reject) => {
    store.getItemDb(tableName).get(key, (error, item) => {
      if (error && error.name !== 'NotFoundError') reject(error);
      else resolve(item ?? null);
    });
  });

export interface ItemKey {
  readonly tableName: string;
  /** The key as the store has it. */
  readonly key: string;
  /** Unique over all tables, for locks. */
  readonly lock: string;
}

/** Where the item of a write lives (by its `Key` or its `Item`); null when its key is malformed, which the write itself reports. */
export const keyOf = async (store: Store, data: Record<string, unknown>): Promise<ItemKey | null> => {
  const tableName = String(data.TableName);
  const table = await readTable(store, tableName);
  const { Item: item, Key: key } = data;
  if (isAttributes(item)) {
    if (db.validateItem(item, table)) return null;
    const own = db.createKey(item, table);
    return { tableName, key: own, lock: `${tableName}/${own}` };
  }
  if (!isAttributes(key) || db.validateKey(key, table)) return null;
  const own = db.createKey(key, table);
  return { tableName, key: own, lock: `${tableName}/${own}` };
};
