import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { Heartbeat } from '../../models/health.ts';
import { updateBatched } from '../table/batched-updates.ts';
import { documents, tableName } from '../table/client.ts';
import { setExpression } from '../table/expressions.ts';
import { HEARTBEAT_SHARDS, HealthRow, healthKey, heartbeatShard, heartbeatShardOf, INDEXES } from '../table/keys.ts';
import { findRow, queryAll } from '../table/query.ts';
import { readable } from '../table/readable.ts';
import { inTable, type TransactItem } from '../table/transact.ts';

const heartbeatRow = z
  .object({
    amphora_id: z.string(),
    loadbalancer_id: z.string().nullable(),
    zone: z.string().nullable(),
    sequence: z.number(),
    heard_at: z.string().nullable(),
    listeners: z.object({ reported: z.number(), expected: z.number() }).nullable(),
    former_key: z.boolean().optional(),
    own_key: z.number().optional(),
    said: z.string().optional(),
    work_at: z.string(),
  })
  .transform(({ work_at, ...row }): Heartbeat => ({ ...row, well_at: work_at }));

/** The last heartbeat that was recorded, strongly consistent; null when none is, and none is waited for. */
export const findHeartbeat = async (amphoraId: string): Promise<Heartbeat | null> => {
  const row = await findRow(healthKey(amphoraId, HealthRow.HEARTBEAT));
  return row === null ? null : heartbeatRow.parse(row);
};

type Identity = Pick<Heartbeat, 'amphora_id' | 'loadbalancer_id' | 'zone'>;

/** From now on a heartbeat of the amphora is waited for; one that has come already stays as it is. */
export const expectHeartbeat = ({ amphora_id, loadbalancer_id, zone }: Identity, since: string): TransactItem => {
  const known = { amphora_id, loadbalancer_id, zone, work_key: heartbeatShardOf(amphora_id) };
  const update = setExpression(known);
  return {
    Update: {
      ...inTable(),
      Key: healthKey(amphora_id, HealthRow.HEARTBEAT),
      UpdateExpression:
        `${update.UpdateExpression}, #sequence = if_not_exists(#sequence, :none), work_at = if_not_exists(work_at, :since)` +
        ', heard_at = if_not_exists(heard_at, :null), listeners = if_not_exists(listeners, :null)',
      ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#sequence': 'sequence' },
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':none': -1,
        ':since': since,
        ':null': null,
      },
    },
  };
};

export interface NewHeartbeat extends Identity {
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  /** Where it reports other listeners than it should: then it does not count as a sign of life. */
  readonly listeners: Heartbeat['listeners'];
  /** Signed with another key than the amphora's own by the current key. @default false */
  readonly formerKey?: boolean;
  /** Signed with a key of the amphora's own. @default false */
  readonly ownKey?: boolean;
  /** A name of what it says, and the recorded one's as far as it is known: the heartbeat is not recorded over another one. */
  readonly said?: { readonly now: string; readonly before: string | null };
}

/**
 * Of an amphora that never sent a heartbeat, also when none was expected; and of a spare, which has no objects to
 * report.
 */
const recordSingly = async (heartbeat: NewHeartbeat, over: number | null): Promise<Heartbeat | 'missing' | null> => {
  const {
    amphora_id,
    loadbalancer_id,
    zone,
    sequence,
    at,
    listeners,
    formerKey = false,
    ownKey = false,
    said,
  } = heartbeat;
  const restarts = over !== null && sequence <= over;
  const follows = `${restarts ? '#u_sequence = :over' : '#u_sequence < :u_sequence'} AND #u_loadbalancer_id = :u_loadbalancer_id`;
  const update = setExpression({
    amphora_id,
    loadbalancer_id,
    zone,
    sequence,
    heard_at: at,
    listeners,
    former_key: formerKey,
    own_key: ownKey ? sequence : undefined,
    said: said?.now,
    work_key: heartbeatShardOf(amphora_id),
    ...(listeners === null && { work_at: at }),
  });
  // An amphora that has never reported every listener is waited for from its first report on.
  const waits = listeners === null ? '' : ', work_at = if_not_exists(work_at, :u_heard_at)';
  try {
    await documents().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: healthKey(amphora_id, HealthRow.HEARTBEAT),
        ...update,
        UpdateExpression: `${update.UpdateExpression}${waits}`,
        ConditionExpression: over === null ? `attribute_not_exists(pk) OR (${follows})` : follows,
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ...(restarts && { ':over': over }) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return null;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item === undefined ? 'missing' : heartbeatRow.parse(unmarshall(error.Item));
  }
};

/**
 * Records a heartbeat if that one or a later one is not recorded yet: of several receivers, and of several copies, one
 * gets through.
 * @param over number of the recorded heartbeat that this one follows: a lower number, for an agent that began again;
 * null when none is recorded
 * @returns null when recorded, else what is recorded instead (`missing`: nothing any more); also when it is recorded for
 * another load balancer, which has taken the amphora meanwhile, and when it has said something else meanwhile
 */
export const recordHeartbeat = async (
  heartbeat: NewHeartbeat,
  over: number | null,
): Promise<Heartbeat | 'missing' | null> => {
  const { loadbalancer_id } = heartbeat;
  // A batched update has no condition that something is null.
  if (over === null || loadbalancer_id === null) return await recordSingly(heartbeat, over);
  const { amphora_id, sequence, at, listeners, formerKey = false, ownKey = false, said } = heartbeat;
  const { now, before = null } = said ?? {};
  const refused = await updateBatched({
    key: healthKey(amphora_id, HealthRow.HEARTBEAT),
    set: {
      sequence,
      heard_at: at,
      listeners,
      former_key: formerKey,
      ...(ownKey && { own_key: sequence }),
      ...(listeners === null && { work_at: at }),
      ...(now !== undefined && now !== before && { said: now }),
    },
    when: [
      sequence <= over ? ['sequence', '=', over] : ['sequence', '<', sequence],
      ['loadbalancer_id', '=', loadbalancer_id],
      ...(before === null ? [] : [['said', '=', before] as const]),
    ],
  });
  if (refused === null) return null;
  return refused.found === null ? 'missing' : heartbeatRow.parse(refused.found);
};

const listShard = async (shard: number, before: string): Promise<readonly Heartbeat[]> => {
  const rows = await queryAll({
    IndexName: INDEXES.BY_WORK,
    KeyConditionExpression: 'work_key = :shard AND work_at < :before',
    ExpressionAttributeValues: { ':shard': heartbeatShard(shard), ':before': before },
  });
  return readable(heartbeatRow, rows);
};

/**
 * Amphorae that have not been well since that moment (ISO 8601), in no order. Costs what it finds, not what there is;
 * the index lags a moment behind the rows.
 */
export const listSilent = async (before: string): Promise<readonly Heartbeat[]> => {
  const shards = await Promise.all(Array.from({ length: HEARTBEAT_SHARDS }, (_, shard) => listShard(shard, before)));
  return shards.flat();
};

const zoneRow = z.object({ zone: z.string().nullable() });

const countShard = async (shard: number, since: string): Promise<readonly (string | null)[]> => {
  const rows = await queryAll({
    IndexName: INDEXES.BY_WORK,
    KeyConditionExpression: 'work_key = :shard AND work_at >= :since',
    ExpressionAttributeNames: { '#zone': 'zone' },
    ExpressionAttributeValues: { ':shard': heartbeatShard(shard), ':since': since },
    ProjectionExpression: '#zone',
  });
  return readable(zoneRow, rows).map(({ zone }) => zone);
};

/** How many have been well since that moment (ISO 8601), by availability zone. Costs what there is. */
export const countWell = async (since: string): Promise<ReadonlyMap<string | null, number>> => {
  const shards = await Promise.all(Array.from({ length: HEARTBEAT_SHARDS }, (_, shard) => countShard(shard, since)));
  const zones = new Map<string | null, number>();
  for (const zone of shards.flat()) zones.set(zone, (zones.get(zone) ?? 0) + 1);
  return zones;
};

/** Amphorae whose last heartbeat was signed with another key than their own by the current key; likewise. Costs what there is. */
export const listWithFormerKey = async (): Promise<readonly Heartbeat[]> => {
  // No heartbeat is of a later day.
  const heartbeats = await listSilent(new Date(Date.now() + 86_400_000).toISOString());
  return heartbeats.filter(({ former_key }) => former_key === true);
};
