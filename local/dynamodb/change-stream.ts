import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { BatchOperation, Store } from 'dynalite/db/index.js';
import { isJsonObject, type Json, type JsonObject, toJson } from '../json.ts';

export interface StreamOptions {
  readonly tableName: string;
  /** Attributes of the table's key. */
  readonly keys: readonly string[];
  readonly region: string;
  readonly arn: string;
  /** Changes without a reader are not kept. */
  readonly wants: (record: JsonObject) => boolean;
}

/** A record as a function gets it, with its place. */
export interface StreamRecord {
  /** Where it is kept. */
  readonly place: string;
  readonly sequence: string;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
  readonly record: JsonObject;
}

export interface ChangeStream {
  /** The oldest records that are still there. */
  read(limit: number): Promise<readonly StreamRecord[]>;
  /** What was read and dealt with is kept no longer. */
  forget(records: readonly StreamRecord[]): Promise<void>;
  /** Calls back after each write that left a record. */
  onRecord(listener: () => void): void;
}

const objectOf = (value: unknown): JsonObject | null => {
  const json = toJson(value ?? null);
  return isJsonObject(json) ? json : null;
};

const nameOf = (old: Json, now: Json): string => (old === null ? 'INSERT' : now === null ? 'REMOVE' : 'MODIFY');

/**
 * Keeps a table's changes, as DynamoDB Streams does with NEW_AND_OLD_IMAGES: the record goes to the disk in the same
 * batch as the item, so that a kill leaves both or neither. A writer of an item holds its lock, so the records of one
 * item are in the order of its changes.
 */
export const keepChanges = (store: Store, options: StreamOptions): ChangeStream => {
  const { tableName, keys, region, arn, wants } = options;
  const itemPrefix = `item-${tableName}~`;
  const prefix = `stream~${tableName}~`;
  const listeners: (() => void)[] = [];
  // Grows over restarts too, because a million writes take longer than a millisecond.
  let sequence = BigInt(Date.now()) * 1_000_000n;

  const recordOf = async (operation: BatchOperation): Promise<JsonObject | null> => {
    if (!operation.key.startsWith(itemPrefix)) return null;
    const old = objectOf(await store.db.get(operation.key));
    const now = operation.type === 'put' ? objectOf(operation.value) : null;
    const whole = now ?? old;
    if (whole === null || isDeepStrictEqual(old, now)) return null;
    const seconds = Math.floor(Date.now() / 1000);
    const record: JsonObject = {
      eventID: randomUUID().replaceAll('-', ''),
      eventName: nameOf(old, now),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
      dynamodb: {
        ApproximateCreationDateTime: seconds,
        Keys: Object.fromEntries(keys.map((key) => [key, whole[key] ?? null])),
        ...(now === null ? {} : { NewImage: now }),
        ...(old === null ? {} : { OldImage: old }),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: arn,
    };
    return wants(record) ? record : null;
  };

  const write = store.db.batch.bind(store.db);
  const writeAndKeep = async (operations: BatchOperation[]): Promise<void> => {
    const found = await Promise.all(operations.map(recordOf));
    const records = found.filter((record) => record !== null);
    if (records.length === 0) return write(operations);
    const kept = records.map((record): BatchOperation => {
      sequence += 1n;
      return { type: 'put', key: `${prefix}${String(sequence).padStart(24, '0')}`, value: record };
    });
    await write([...operations, ...kept]);
    for (const listener of listeners) listener();
  };
  // With a callback it is dynalite that drops a whole table or index.
  store.db.batch = (operations, ...callback) =>
    callback.length > 0 ? write(operations, ...callback) : writeAndKeep(operations);

  const placed = (place: string, value: unknown): StreamRecord => {
    const own = place.slice(prefix.length);
    const record = objectOf(value) ?? {};
    const change = isJsonObject(record.dynamodb) ? record.dynamodb : {};
    const number = own.replace(/^0+/, '');
    return {
      place,
      sequence: number,
      writtenAt: Number(change.ApproximateCreationDateTime) * 1000,
      record: { ...record, dynamodb: { ...change, SequenceNumber: number } },
    };
  };

  return {
    read: async (limit) => {
      const records: StreamRecord[] = [];
      for await (const [key, value] of store.db.iterator({ gte: prefix, lt: `${prefix}\xff` })) {
        records.push(placed(key, value));
        if (records.length >= limit) break;
      }
      return records;
    },
    forget: (records) => write(records.map(({ place }) => ({ type: 'del', key: place }))),
    onRecord: (listener) => {
      listeners.push(listener);
    },
  };
};
