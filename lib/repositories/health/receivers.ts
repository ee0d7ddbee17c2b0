import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Receiver, Storm } from '../../models/health.ts';
import { documents, tableName } from '../table/client.ts';
import { HealthRow, healthKey, type Key, receiversKey } from '../table/keys.ts';
import { findRow } from '../table/query.ts';
import { readable } from '../table/readable.ts';

const SWEEP = 'SWEEP';
const GOVERNOR = 'GOVERNOR';
const RECEIVER = 'RECEIVER#';

const receiverRow: z.ZodType<Receiver> = z.object({
  id: z.string(),
  started_at: z.string(),
  seen_at: z.string(),
  healthy_since: z.string().nullable(),
  amphorae: z.number(),
  datagrams: z.record(z.string(), z.number()),
  dropped_at: z.string().nullish(),
  previous_key: z.number().optional(),
});

const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000);

/** How long after its last word a receiver is still listed, in seconds. */
const REMEMBERED = 3600;

/** A receiver's word about itself. */
export const putReceiver = async (receiver: Receiver): Promise<void> => {
  const Item = {
    ...receiver,
    ...receiversKey(`${RECEIVER}${receiver.id}`),
    expires_at: seconds(receiver.seen_at) + REMEMBERED,
  };
  await documents().send(new PutCommand({ TableName: tableName(), Item }));
};

/** Receivers that had something to say within the last hour. */
export const listReceivers = async (): Promise<readonly Receiver[]> => {
  const { Items } = await documents().send(
    new QueryCommand({
      TableName: tableName(),
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :receivers)',
      ExpressionAttributeValues: { ':pk': receiversKey('').pk, ':receivers': RECEIVER },
      ConsistentRead: true,
    }),
  );
  return readable(receiverRow, Items ?? []);
};

/**
 * A lease expires: its holder may die.
 * @param until ISO 8601, likewise `now`
 * @returns false while another receiver holds it
 */
const lease = async (Key: Key, holder: string, now: string, until: string): Promise<boolean> => {
  try {
    await documents().send(
      new UpdateCommand({
        TableName: tableName(),
        Key,
        UpdateExpression: 'SET holder = :holder, held_until = :until, expires_at = :expires',
        ConditionExpression: 'attribute_not_exists(pk) OR holder = :holder OR held_until < :now',
        ExpressionAttributeValues: {
          ':holder': holder,
          ':until': until,
          ':now': now,
          ':expires': seconds(until) + REMEMBERED,
        },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

/** Of all receivers the one that sweeps for stale amphorae; the lease is renewed with every sweep. */
export const leaseSweep = async (receiverId: string, now: string, until: string): Promise<boolean> =>
  await lease(receiversKey(SWEEP), receiverId, now, until);

/** The one handler of an amphora's failure among all that are notified. */
export const leaseAlarm = async (amphoraId: string, holder: string, now: string, until: string): Promise<boolean> =>
  await lease(healthKey(amphoraId, HealthRow.ALARM), holder, now, until);

const governorRow = z.object({
  held_until: z.string(),
  doubts_observer: z.boolean(),
  storms: z.array(z.object({ zone: z.string(), since: z.string(), silent: z.number(), known: z.number() })),
});

export interface GovernorState {
  readonly storms: readonly Storm[];
  readonly doubts_observer: boolean;
}

const CALM: GovernorState = { storms: [], doubts_observer: false };

/** The governor's decision; it counts until that moment (ISO 8601), so that it does not outlive its author. */
export const putGovernor = async (state: GovernorState, until: string): Promise<void> => {
  const Item = { ...state, ...receiversKey(GOVERNOR), held_until: until };
  await documents().send(new PutCommand({ TableName: tableName(), Item }));
};

/** What the governor says now. */
export const readGovernor = async (now: string): Promise<GovernorState> => {
  const row = await findRow(receiversKey(GOVERNOR));
  if (row === null) return CALM;
  const { held_until, ...state } = governorRow.parse(row);
  return held_until < now ? CALM : state;
};
