import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ExternalResource } from '../../models/external-resource.ts';
import { AmphoraStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { documents, tableName } from '../table/client.ts';
import { INDEXES, type Key, loadBalancerKey, pointerKey, statisticsKey, Work } from '../table/keys.ts';
import { queryAll } from '../table/query.ts';
import { inTable, transact } from '../table/transact.ts';
import { resourceRow } from './external-resources.ts';

/*
 * Rows of deleted objects. Each is in the index of work under the moment of its last sign of life: its deletion, or a
 * heartbeat or a server that was seen after that. The purge removes a row only as it was read, so that a sign of life
 * that comes in between keeps it.
 */

/** A row that may be purged. */
export interface DeletedRow {
  readonly key: Key;
  /** ISO 8601, UTC: its last sign of life; null for one that was deleted before such moments were noted. */
  readonly since: string | null;
  /** What it says itself. */
  readonly row: Readonly<Record<string, unknown>>;
}

export interface DeletedAmphora extends DeletedRow {
  readonly id: string;
  readonly loadbalancer_id: string | null;
  readonly lb_network_ip: string | null;
}

const keyed = z.looseObject({ pk: z.string(), sk: z.string(), work_at: z.string().optional() });
const amphoraOf = z.object({
  id: z.string(),
  load_balancer_id: z.string().nullable(),
  lb_network_ip: z.string().nullish(),
  status: z.enum(AmphoraStatus),
});

const deletedRow = (item: unknown): DeletedRow => {
  const row = keyed.parse(item);
  return { key: { pk: row.pk, sk: row.sk }, since: row.work_at ?? null, row };
};

/** The deleted amphora of that row; null when it holds something else, or an amphora that lives. */
export const deletedAmphora = (found: DeletedRow): DeletedAmphora | null => {
  const amphora = amphoraOf.safeParse(found.row);
  if (!amphora.success || amphora.data.status !== AmphoraStatus.DELETED) return null;
  const { id, load_balancer_id, lb_network_ip = null } = amphora.data;
  return { ...found, id, loadbalancer_id: load_balancer_id, lb_network_ip };
};

/** Rows of that kind without a sign of life since that moment (ISO 8601), oldest first; the index lags a moment behind. */
export const listDeleted = async (work: string, before: string, limit: number): Promise<readonly DeletedRow[]> => {
  const { Items } = await documents().send(
    new QueryCommand({
      TableName: tableName(),
      IndexName: INDEXES.BY_WORK,
      KeyConditionExpression: 'work_key = :work AND work_at < :before',
      ExpressionAttributeValues: { ':work': work, ':before': before },
      Limit: limit,
    }),
  );
  return (Items ?? []).map(deletedRow);
};

/** Everything in the partition of a load balancer, strongly consistent, its own row included. */
export const listPartition = async (loadBalancerId: string): Promise<readonly DeletedRow[]> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': loadBalancerKey(loadBalancerId).pk },
    ConsistentRead: true,
  });
  return rows.map(deletedRow);
};

const conditional = async (write: () => Promise<unknown>): Promise<boolean> => {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** A deleted row had a sign of life at that moment (ISO 8601): it is kept as if it were deleted just then. */
export const noteSignOfLife = async (key: Key, at: string): Promise<void> => {
  const update = new UpdateCommand({
    TableName: tableName(),
    Key: key,
    UpdateExpression: 'SET work_at = :at',
    ConditionExpression: 'work_key IN (:lb, :amphora, :unowned) AND work_at < :at',
    ExpressionAttributeValues: {
      ':at': at,
      ':lb': Work.DELETED,
      ':amphora': Work.DELETED_AMPHORA,
      ':unowned': Work.UNOWNED,
    },
  });
  await conditional(() => documents().send(update));
};

/** As it was read, and held by no operation. */
const AS_READ =
  '(attribute_not_exists(#lock) OR #lock = :none) AND (attribute_not_exists(work_at) OR work_at = :since)';
const NAMES = { '#lock': 'lock' };
const asRead = ({ since }: DeletedRow) => ({ ':none': null, ':since': since ?? '' });

/**
 * Takes a deleted amphora's row and its pointer away.
 * @returns false when it is not as it was read any more, or an operation runs on its load balancer
 */
export const purgeAmphoraRow = async (amphora: DeletedAmphora): Promise<boolean> => {
  const { key, id, loadbalancer_id } = amphora;
  const refusal = await transact([
    {
      Delete: {
        ...inTable(),
        Key: key,
        ConditionExpression: `#status = :deleted AND ${AS_READ}`,
        ExpressionAttributeNames: { ...NAMES, '#status': 'status' },
        ExpressionAttributeValues: { ...asRead(amphora), ':deleted': AmphoraStatus.DELETED },
      },
    },
    { Delete: { ...inTable(), Key: pointerKey(id) } },
    ...(loadbalancer_id === null
      ? []
      : [
          {
            ConditionCheck: {
              ...inTable(),
              Key: loadBalancerKey(loadbalancer_id),
              ConditionExpression: 'attribute_not_exists(#lock) OR #lock = :none',
              ExpressionAttributeNames: NAMES,
              ExpressionAttributeValues: { ':none': null },
            },
          },
        ]),
  ]);
  return refusal === null;
};

/** Takes a deleted load balancer's row away. @returns false when it is not as it was read any more */
export const purgeLoadBalancerRow = async (loadBalancer: DeletedRow): Promise<boolean> => {
  const removal = new DeleteCommand({
    TableName: tableName(),
    Key: loadBalancer.key,
    ConditionExpression: `provisioning_status = :deleted AND ${AS_READ}`,
    ExpressionAttributeNames: NAMES,
    ExpressionAttributeValues: { ...asRead(loadBalancer), ':deleted': ProvisioningStatus.DELETED },
  });
  return await conditional(() => documents().send(removal));
};

/** An entry of the ledger; null when the row holds something else. */
export const ledgerEntry = ({ row }: DeletedRow): ExternalResource | null => {
  const entry = resourceRow.safeParse(row);
  return entry.success ? entry.data : null;
};

/** Takes an entry of the ledger away, unless another id was noted since. @returns false when one was */
export const purgeLedgerEntry = async (key: Key, { resource_id }: ExternalResource): Promise<boolean> => {
  const removal = new DeleteCommand({
    TableName: tableName(),
    Key: key,
    ConditionExpression: 'attribute_not_exists(pk) OR resource_id = :seen',
    ExpressionAttributeValues: { ':seen': resource_id },
  });
  return await conditional(() => documents().send(removal));
};

/** The entry's owner has a row: housekeeping finds it by that one. */
export const leaveToOwner = async (key: Key): Promise<void> => {
  const update = new UpdateCommand({
    TableName: tableName(),
    Key: key,
    UpdateExpression: 'REMOVE work_key, work_at',
    ConditionExpression: 'attribute_exists(pk)',
  });
  await conditional(() => documents().send(update));
};

const AT_ONCE = 25;

/** Forgets what the amphorae of a load balancer have counted. */
export const purgeStatistics = async (loadBalancerId: string): Promise<void> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': statisticsKey(loadBalancerId, '', '').pk },
    ProjectionExpression: 'pk, sk',
  });
  const keys = rows.map((row) => deletedRow(row).key);
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = keys.slice(from, from + AT_ONCE);
    await Promise.all(some.map((Key) => documents().send(new DeleteCommand({ TableName: tableName(), Key }))));
  }
};
