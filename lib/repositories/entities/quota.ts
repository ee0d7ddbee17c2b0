import dynamoose from 'dynamoose';
import type { Item } from 'dynamoose/dist/Item.js';
import type { Model } from 'dynamoose/dist/Model/index.js';
import type { Quota } from '../../models/quota.ts';
import { client, tableName } from '../table/client.ts';

/** A row with a project's own limits; in the index by type, so that they can be listed. */
export interface QuotaRow extends Quota {
  readonly pk: string;
  readonly sk: string;
  readonly type_key: string;
  readonly sort_key: string;
}

type QuotaItem = QuotaRow & Item;

const required = { type: String, required: true } as const;

let shared: Model<QuotaItem> | undefined;

/** The model of this container; the table is never made or changed by it. */
export const quotas = (): Model<QuotaItem> => {
  if (shared !== undefined) return shared;
  dynamoose.aws.ddb.set(client());
  const schema = new dynamoose.Schema({
    pk: { type: String, hashKey: true },
    sk: { type: String, rangeKey: true },
    type_key: { ...required, index: { name: 'by_type', type: 'global', rangeKey: 'sort_key' } },
    sort_key: required,
    project_id: required,
    load_balancer: Number,
    listener: Number,
    pool: Number,
    member: Number,
    health_monitor: Number,
    l7policy: Number,
    l7rule: Number,
  });
  const model = dynamoose.model<QuotaItem>('Quota', schema);
  new dynamoose.Table(tableName(), [model], { create: false, update: false, waitForActive: false });
  shared = model;
  return model;
};
