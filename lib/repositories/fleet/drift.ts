import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { endDryRun } from '../../context/dry-run.ts';
import { DriftCheckNotFoundError } from '../../errors/drift.ts';
import type { DriftCheck, DriftRound, LoadBalancerDrift } from '../../models/drift.ts';
import { driftCheckRow, driftRoundRow, driftRow } from '../rows/drift.ts';
import { documents, tableName } from '../table/client.ts';
import { DRIFT, driftCheckKey, driftKey, driftRoundKey } from '../table/keys.ts';
import { findRow, queryAll } from '../table/query.ts';
import { readable } from '../table/readable.ts';

/** What is known to be wrong, by load balancer. */
export const listDrift = async (): Promise<readonly LoadBalancerDrift[]> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :load_balancer)',
    ExpressionAttributeValues: { ':pk': DRIFT, ':load_balancer': driftKey('').sk },
    ConsistentRead: true,
  });
  return readable(driftRow, rows);
};

export const findDrift = async (loadBalancerId: string): Promise<LoadBalancerDrift | null> => {
  const row = await findRow(driftKey(loadBalancerId));
  return row === null ? null : driftRow.parse(row);
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
export const findDriftRound = async (): Promise<DriftRound | null> => {
  const row = await findRow(driftRoundKey);
  return row === null ? null : driftRoundRow.parse(row);
};

/** Two rounds at once only look twice: the later word stands. */
export const putDriftRound = async (round: DriftRound): Promise<void> => {
  await documents().send(new PutCommand({ TableName: tableName(), Item: { ...round, ...driftRoundKey } }));
};

/** Seconds for which a check's record is kept. */
const CHECK_KEPT = 604_800;

const checkItem = (check: DriftCheck) => ({
  ...check,
  ...driftCheckKey(check.id),
  expires_at: Math.floor(Date.parse(check.created_at) / 1000) + CHECK_KEPT,
});

/** Records that a check was asked for; one that has been made already keeps its results. */
export const noteDriftCheck = async (check: DriftCheck): Promise<void> => {
  endDryRun();
  const put = { TableName: tableName(), Item: checkItem(check), ConditionExpression: 'attribute_not_exists(pk)' };
  try {
    await documents().send(new PutCommand(put));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/** Records what came of a check. */
export const endDriftCheck = async (check: DriftCheck): Promise<void> => {
  await documents().send(new PutCommand({ TableName: tableName(), Item: checkItem(check) }));
};

/** null when no such check was asked for, or its record has expired. */
export const findDriftCheck = async (id: string): Promise<DriftCheck | null> => {
  const row = await findRow(driftCheckKey(id));
  return row === null ? null : driftCheckRow.parse(row);
};

/** @throws DriftCheckNotFoundError */
export const getDriftCheck = async (id: string): Promise<DriftCheck> => {
  const found = await findDriftCheck(id);
  if (found === null) throw new DriftCheckNotFoundError(id);
  return found;
};
