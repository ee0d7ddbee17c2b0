import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DriftRound, LoadBalancerDrift } from '../models/drift.ts';
import { driftRoundRow, driftRow } from './rows/drift.ts';
import { documents, tableName } from './table/client.ts';
import { DRIFT, driftKey, driftRoundKey } from './table/keys.ts';
import { queryAll, readRow } from './table/query.ts';

/** What is known to be wrong, by load balancer. */
export const listDrift = async (): Promise<readonly LoadBalancerDrift[]> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :load_balancer)',
    ExpressionAttributeValues: { ':pk': DRIFT, ':load_balancer': driftKey('').sk },
    ConsistentRead: true,
  });
  return rows.map((row) => driftRow.parse(row));
};

export const readDrift = async (loadBalancerId: string): Promise<LoadBalancerDrift | null> => {
  const row = await readRow(driftKey(loadBalancerId));
  return row === undefined ? null : driftRow.parse(row);
};

/** Replaces what is known of one load balancer. */
export const putDrift = async (drift: LoadBalancerDrift): Promise<void> => {
  const Item = { ...drift, ...driftKey(drift.loadbalancer_id) };
  await documents().send(new PutCommand({ TableName: tableName(), Item }));
};

/** Nothing is wrong with it any more, or it is no more. */
export const removeDrift = async (loadBalancerId: string): Promise<void> => {
  await documents().send(new DeleteCommand({ TableName: tableName(), Key: driftKey(loadBalancerId) }));
};

/** The latest round; null before the first. */
export const readDriftRound = async (): Promise<DriftRound | null> => {
  const row = await readRow(driftRoundKey);
  return row === undefined ? null : driftRoundRow.parse(row);
};

/** Two rounds at once only look twice: the later word stands. */
export const putDriftRound = async (round: DriftRound): Promise<void> => {
  await documents().send(new PutCommand({ TableName: tableName(), Item: { ...round, ...driftRoundKey } }));
};
