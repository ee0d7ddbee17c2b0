import dynamoose from 'dynamoose';
import type { Item } from 'dynamoose/dist/Item.js';
import type { Model } from 'dynamoose/dist/Model/index.js';
import { client, tableName } from '../table/client.ts';

/** A key that a client gave with a create, and what it stands for. */
export interface IdempotencyKey {
  readonly pk: string;
  readonly sk: string;
  /** SHA-256 of what was asked. */
  readonly request_hash: string;
  /** The id that the created object has, or will have. */
  readonly resource_id: string;
  readonly state: 'IN_FLIGHT' | 'DONE';
  /** What the first request was answered, as JSON; absent while there is none, and when it was too large to keep. */
  readonly answer?: string;
  /** Its creator: a new one with every takeover. */
  readonly holder: string;
  /** ISO 8601, UTC: since when the holder is at it. */
  readonly reserved_at: string;
  /** Seconds since the epoch: the table's time to live. */
  readonly expires_at: number;
}

type IdempotencyKeyItem = IdempotencyKey & Item;

const required = { type: String, required: true } as const;

let shared: Model<IdempotencyKeyItem> | undefined;

/** The model of this container; the table is never made or changed by it. */
export const idempotencyKeys = (): Model<IdempotencyKeyItem> => {
  if (shared !== undefined) return shared;
  dynamoose.aws.ddb.set(client());
  const schema = new dynamoose.Schema({
    pk: { type: String, hashKey: true },
    sk: { type: String, rangeKey: true },
    request_hash: required,
    resource_id: required,
    state: { ...required, enum: ['IN_FLIGHT', 'DONE'] },
    answer: String,
    holder: required,
    reserved_at: required,
    expires_at: { type: Number, required: true },
  });
  const model = dynamoose.model<IdempotencyKeyItem>('IdempotencyKey', schema);
  new dynamoose.Table(tableName(), [model], { create: false, update: false, waitForActive: false });
  shared = model;
  return model;
};
