import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { RolloutInProgressError, RolloutNotFoundError } from '../../errors/rollout.ts';
import { ENDED_ROLLOUTS, type Rollout, RolloutStatus, type RolloutStep } from '../../models/operations/rollout.ts';
import { rolloutRow, rolloutStepRow } from '../rows/rollout.ts';
import { documents, tableName } from '../table/client.ts';
import { setExpression } from '../table/expressions.ts';
import { currentRolloutKey, ROLLOUTS, rolloutKey, rolloutStepKey } from '../table/keys.ts';
import { findRow, queryAll } from '../table/query.ts';
import { readable } from '../table/readable.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';

/** Seconds for which a roll-out is kept after its end, and a step after its last change. */
const KEPT = 7_776_000;
const expiry = () => ({ expires_at: Math.floor(Date.now() / 1000) + KEPT });

const pointer = z.object({ rollout_id: z.string() });

export const findRollout = async (id: string): Promise<Rollout | null> => {
  const row = await findRow(rolloutKey(id));
  return row === null ? null : rolloutRow.parse(row);
};

/** @throws RolloutNotFoundError */
export const getRollout = async (id: string): Promise<Rollout> => {
  const found = await findRollout(id);
  if (found === null) throw new RolloutNotFoundError(id);
  return found;
};

/** The one that has not ended, or null: there is never more than one. */
export const findCurrentRollout = async (): Promise<Rollout | null> => {
  const row = await findRow(currentRolloutKey);
  return row === null ? null : await getRollout(pointer.parse(row).rollout_id);
};

/** All of them, in no order. */
export const listRollouts = async (): Promise<readonly Rollout[]> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :runs)',
    ExpressionAttributeValues: { ':pk': ROLLOUTS, ':runs': rolloutKey('').sk },
    ConsistentRead: true,
  });
  return readable(rolloutRow, rows);
};

/** @throws RolloutInProgressError another has not ended */
export const beginRollout = async (rollout: Rollout): Promise<void> => {
  const refusal = await transact([
    {
      Put: {
        ...inTable(),
        Item: { ...currentRolloutKey, rollout_id: rollout.id },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    { Put: { ...inTable(), Item: { ...rollout, ...rolloutKey(rollout.id) } } },
  ]);
  if (refusal === null) return;
  const other = pointer.safeParse(refusal.found);
  throw new RolloutInProgressError(other.success ? other.data.rollout_id : rollout.id);
};

/** Left out or undefined: it stays. */
type RolloutChange = { readonly [Field in keyof Omit<Rollout, 'id'>]?: Rollout[Field] | undefined };

/**
 * Changes a roll-out on condition that its status is the one the caller has read; the end makes room for the next one.
 * @returns false when it has another status by now
 */
export const changeRollout = async (
  { id, status }: Pick<Rollout, 'id' | 'status'>,
  change: RolloutChange,
): Promise<boolean> => {
  const ends = change.status !== undefined && ENDED_ROLLOUTS.includes(change.status);
  const update = setExpression({ ...change, ...(ends && { ended_at: new Date().toISOString(), ...expiry() }) });
  const refusal = await transact([
    {
      Update: {
        ...inTable(),
        Key: rolloutKey(id),
        UpdateExpression: update.UpdateExpression,
        ConditionExpression: '#status = :read_status',
        ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#status': 'status' },
        ExpressionAttributeValues: { ...update.ExpressionAttributeValues, ':read_status': status },
      },
    },
    ...(ends ? [{ Delete: { TableName: tableName(), Key: currentRolloutKey } }] : []),
  ]);
  return refusal === null;
};

/** The load balancers of a roll-out, by their ids. */
export const listSteps = async (rolloutId: string): Promise<readonly RolloutStep[]> => {
  const rows = await queryAll({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': rolloutStepKey(rolloutId, '').pk },
    ConsistentRead: true,
  });
  return readable(rolloutStepRow, rows);
};

/** Writes a step down, unless it is already: the planner may die and plan again. */
export const addStep = async (step: RolloutStep): Promise<void> => {
  const Item = { ...step, ...rolloutStepKey(step.rollout_id, step.loadbalancer_id), ...expiry() };
  try {
    await documents().send(
      new PutCommand({ TableName: tableName(), Item, ConditionExpression: 'attribute_not_exists(pk)' }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

type StepChange = Partial<Pick<RolloutStep, 'status' | 'left' | 'amphora_id' | 'operation_id' | 'reason'>>;

/** For a transaction: the step moves on from where the caller has read it. */
const moveStep = (step: RolloutStep, change: StepChange): TransactItem => {
  const update = setExpression({ ...change, since: new Date().toISOString(), ...expiry() });
  return {
    Update: {
      ...inTable(),
      Key: rolloutStepKey(step.rollout_id, step.loadbalancer_id),
      UpdateExpression: update.UpdateExpression,
      ConditionExpression: '#status = :read_status AND #since = :read_since',
      ExpressionAttributeNames: { ...update.ExpressionAttributeNames, '#status': 'status', '#since': 'since' },
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':read_status': step.status,
        ':read_since': step.since,
      },
    },
  };
};

/** @returns false when another run has moved it */
export const changeStep = async (step: RolloutStep, change: StepChange): Promise<boolean> =>
  (await transact([moveStep(step, change)])) === null;

/** For the transaction that begins a replacement: only while the roll-out is RUNNING, and the step is where it was. */
export const beginStep = (step: RolloutStep, change: StepChange): readonly TransactItem[] => [
  moveStep(step, change),
  {
    ConditionCheck: {
      ...inTable(),
      Key: rolloutKey(step.rollout_id),
      ConditionExpression: '#status = :running',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':running': RolloutStatus.RUNNING },
    },
  },
];
