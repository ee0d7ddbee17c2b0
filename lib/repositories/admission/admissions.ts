import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { FLOWS } from '../../models/flows.ts';
import { contenderOf, needsOf } from '../../models/operations/limits.ts';
import { type Operation, OperationStatus } from '../../models/operations/operation.ts';
import { limitConfig } from '../../settings/config.ts';
import { documents, tableName } from '../table/client.ts';
import { ADMISSIONS, operationKey, waitingKey } from '../table/keys.ts';
import { findRow, queryAll } from '../table/query.ts';
import { readable } from '../table/readable.ts';
import { inTable, type TransactItem } from '../table/transact.ts';

/*
 * Running and queued operations, over time. An operation that a limit concerns:
 *
 *   commit        WAITING#<operation>     in the transaction of its lock and its record
 *   admitted      HOLDER#<operation>      instead of it, by the lease's owner (admission-turns.ts)
 *   settled       its row counts no more, whatever its end; the next admission without room removes it
 *   taken over    the operation that carries it on has its slot
 *
 * The truth about a holder is its operation's record alone, which is closed with its lock in one transaction.
 */

const contender = z.object({
  operation_id: z.string(),
  flow: z.enum(FLOWS),
  project_id: z.string().nullable(),
  builds: z.number(),
  since: z.string(),
  at: z.object({ pk: z.string(), sk: z.string() }),
});
/** With the place of its operation's record. */
export type ContenderRow = z.infer<typeof contender>;

export interface Admissions {
  readonly holders: readonly ContenderRow[];
  readonly waiting: readonly ContenderRow[];
}

/** True when a limit is on that concerns the operation: it has to be admitted. */
export const isLimited = (operation: Operation): boolean => needsOf(contenderOf(operation), limitConfig()).length > 0;

/** The operation's row in the queue, as part of its commit; nothing when no limit concerns it. */
export const putWaiting = (operation: Operation): readonly TransactItem[] =>
  operation.status === OperationStatus.COMMITTED && isLimited(operation)
    ? [
        {
          Put: {
            ...inTable(),
            Item: { ...contenderOf(operation), at: operationKey(operation), ...waitingKey(operation.id) },
          },
        },
      ]
    : [];

const readRows = async (kind: 'HOLDER#' | 'WAITING#' | '') =>
  await queryAll({
    KeyConditionExpression: kind === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :kind)',
    ExpressionAttributeValues: { ':pk': ADMISSIONS, ...(kind === '' ? {} : { ':kind': kind }) },
    ConsistentRead: true,
  });

/** The queued operations, in no order. */
export const listWaiting = async (): Promise<readonly ContenderRow[]> =>
  readable(contender, await readRows('WAITING#'));

/** True while the operation is queued. */
export const isWaiting = async (operationId: string): Promise<boolean> =>
  (await findRow(waitingKey(operationId))) !== null;

export const readAdmissions = async (): Promise<Admissions> => {
  const rows = await readRows('');
  const of = (kind: string) => rows.filter(({ sk }) => String(sk).startsWith(kind));
  return { holders: readable(contender, of('HOLDER#')), waiting: readable(contender, of('WAITING#')) };
};

const recordRow = z.object({
  status: z.enum(OperationStatus),
  ended_at: z.string().nullable(),
  joined_to: z.string().nullish(),
});

/**
 * The operation that has the holder's slot now: itself, or the one that carries it on after its execution was lost;
 * null when it is settled.
 */
export const ownerOf = async ({
  operation_id,
  at,
}: Pick<ContenderRow, 'operation_id' | 'at'>): Promise<string | null> => {
  const { Item } = await documents().send(
    new GetCommand({
      TableName: tableName(),
      Key: at,
      ConsistentRead: true,
      ProjectionExpression: '#status, ended_at, joined_to',
      ExpressionAttributeNames: { '#status': 'status' },
    }),
  );
  if (Item === undefined) return null;
  const { status, ended_at, joined_to } = recordRow.parse(Item);
  if (ended_at === null) return operation_id;
  if (status !== OperationStatus.SUPERSEDED || !joined_to) return null;
  return await ownerOf({ operation_id: joined_to, at: { ...at, sk: joined_to } });
};
