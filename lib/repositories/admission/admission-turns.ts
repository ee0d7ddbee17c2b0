import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { documents, tableName } from '../table/client.ts';
import { admissionTurnKey, holderKey, waitingKey } from '../table/keys.ts';
import { inTable, type TransactItem, transact } from '../table/transact.ts';
import type { AdmissionPlan } from './admission-plan.ts';
import type { ContenderRow } from './admissions.ts';

/*
 * One process admits at a time, for all queued operations:
 *
 *   lease taken   {turn n, until}           it was free, or expired; otherwise the process stops
 *   admitted      on condition turn = n     by what was read since the lease was taken
 *   lease ended   until = 0                 and one more look, for processes that stopped meanwhile
 *
 * A crowd then does not decide the same thing many times. A process whose lease has expired is refused when it writes.
 */

/** Milliseconds until the lease expires; a look and a write take far less. */
const TURN_MS = 10_000;

const taken = z.object({ turn: z.number() });

/** @returns the number of the turn, or null when another process has it */
export const takeTurn = async (): Promise<number | null> => {
  const now = Date.now();
  try {
    const { Attributes } = await documents().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: admissionTurnKey,
        UpdateExpression: 'SET #turn = if_not_exists(#turn, :zero) + :one, #until = :until',
        ConditionExpression: 'attribute_not_exists(#until) OR #until < :now',
        ExpressionAttributeNames: { '#turn': 'turn', '#until': 'until' },
        ExpressionAttributeValues: { ':zero': 0, ':one': 1, ':until': now + TURN_MS, ':now': now },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return taken.parse(Attributes).turn;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
  }
};

/** Gives the turn back; one that is another's by now, or is just being used by an overdue one, is left alone. */
export const endTurn = async (turn: number): Promise<void> => {
  try {
    await documents().send(
      new UpdateCommand({
        TableName: tableName(),
        Key: admissionTurnKey,
        UpdateExpression: 'SET #until = :over',
        ConditionExpression: '#turn = :turn',
        ExpressionAttributeNames: { '#turn': 'turn', '#until': 'until' },
        ExpressionAttributeValues: { ':over': 0, ':turn': turn },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/** A holder's row is of no use for longer than any flow can last: DynamoDB then removes it, also where limits are off. */
const HOLDER_SECONDS = 172_800;

const letIn = (row: ContenderRow): readonly TransactItem[] => [
  {
    Delete: { ...inTable(), Key: waitingKey(row.operation_id), ConditionExpression: 'attribute_exists(pk)' },
  },
  {
    Put: {
      ...inTable(),
      Item: { ...row, ...holderKey(row.operation_id), expires_at: Math.floor(Date.now() / 1000) + HOLDER_SECONDS },
    },
  },
];

/** A transaction takes 100 items: the turn, two for each that is admitted, one for each that is gone. */
const LET_IN_AT_ONCE = 40;
const GONE_AT_ONCE = 19;

/**
 * Lets them in, on condition that the turn is still the caller's; more than a transaction takes are left for the next.
 * @returns the admitted operations, or null when the turn is another's: nothing is written
 */
export const writeAdmission = async (
  turn: number,
  { admitted, gone }: AdmissionPlan,
): Promise<readonly ContenderRow[] | null> => {
  const now = admitted.slice(0, LET_IN_AT_ONCE);
  const refusal = await transact([
    {
      ConditionCheck: {
        ...inTable(),
        Key: admissionTurnKey,
        ConditionExpression: '#turn = :turn',
        ExpressionAttributeNames: { '#turn': 'turn' },
        ExpressionAttributeValues: { ':turn': turn },
      },
    },
    ...now.flatMap(letIn),
    ...gone.slice(0, GONE_AT_ONCE).map(({ operation_id }) => ({
      Delete: { ...inTable(), Key: holderKey(operation_id) },
    })),
  ]);
  return refusal === null ? now : null;
};
