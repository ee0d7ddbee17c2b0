import * as z from 'zod';
import { FLOWS, type Flow } from '../../models/flows.ts';
import { type Operation, OperationStatus, type Requester } from '../../models/operations/operation.ts';
import { expireOperationPointer, newOperation, operationExpiry, putOperation } from '../operations/operations.ts';
import { setExpression } from '../table/expressions.ts';
import { INDEXES, type Key, lockKey, operationKey, Work } from '../table/keys.ts';
import { findRow, queryAll } from '../table/query.ts';
import { readable } from '../table/readable.ts';
import { inTable, transact } from '../table/transact.ts';
import { lockOf } from './commits.ts';

/** An operation that loses its execution more often than this ends in ERROR instead of going on. */
export const RECOVERIES = 3;

/** A held lock, and where it is. */
export interface HeldLock {
  readonly key: Key;
  readonly operationId: string;
  readonly flow: Flow;
  readonly fence: number;
}

const lockedRow = z.object({
  pk: z.string(),
  sk: z.string(),
  lock: z.object({ operation_id: z.string(), fence: z.number(), flow: z.enum(FLOWS) }),
});

/** Locks that were taken before that moment (ISO 8601), oldest first. The index lags a moment behind the rows. */
export const listHeldLocks = async (takenBefore: string): Promise<readonly HeldLock[]> => {
  const rows = await queryAll({
    IndexName: INDEXES.BY_WORK,
    KeyConditionExpression: 'work_key = :work AND work_at < :before',
    ExpressionAttributeValues: { ':work': Work.LOCKED, ':before': takenBefore },
  });
  return readable(lockedRow, rows).map(({ pk, sk, lock }) => ({
    key: { pk, sk },
    operationId: lock.operation_id,
    flow: lock.flow,
    fence: lock.fence,
  }));
};

/** The lock that an operation holds, strongly consistent, or null when it holds none. */
export const findLockOf = async (operation: Operation): Promise<HeldLock | null> => {
  const key = lockKey({ ...operation, operation_id: operation.id });
  const row = lockedRow.safeParse(await findRow(key));
  if (!row.success || row.data.lock.operation_id !== operation.id) return null;
  return { key, operationId: operation.id, flow: operation.flow, fence: row.data.lock.fence };
};

/**
 * Takes a lock over from an operation whose execution is not running any more: the same flow, from its start, as a new
 * operation under a new fence. Every step of a flow finds done what is done, so this converges; whatever still comes
 * from the old execution is refused. What was being undone is undone to its end, for its reason: a late handler of it
 * may still delete in the cloud, where no fence is checked, so nothing may be built on what is left there.
 * @param reason recorded on the old operation, unless it has one already
 * @param redrivenBy the operator that asked for it: becomes the requester, and losses are counted afresh; null when it
 * was lost
 * @returns the new operation, not to be started when it has been lost too often; or null when the lock is no longer the one that was seen
 */
export const takeOverLock = async (
  lock: Pick<HeldLock, 'key' | 'operationId' | 'fence'>,
  dead: Operation,
  reason: { readonly errorName: string; readonly errorMessage: string },
  redrivenBy: Requester | null = null,
): Promise<Operation | null> => {
  const { flow, input } = dead;
  const request = { flow, requester: redrivenBy ?? dead.requester, input };
  const recoveries = redrivenBy === null ? dead.recoveries + 1 : 0;
  const { failed_step, error_name, error_message } = dead;
  const operation = {
    ...newOperation(request, dead, lock.fence + 1),
    recoveries,
    status: recoveries > RECOVERIES ? OperationStatus.RUNNING : OperationStatus.COMMITTED,
    resumes_rollback: failed_step !== null,
    failed_step,
    error_name,
    error_message,
  };
  const taken = setExpression(lockOf(operation));
  const deadKey = operationKey(dead);
  const expiry = operationExpiry(operation.created_at);
  const closed = setExpression({
    status: OperationStatus.SUPERSEDED,
    ended_at: operation.created_at,
    ...expiry,
    joined_to: operation.id,
    error_name: dead.error_name ?? reason.errorName,
    error_message: dead.error_message ?? reason.errorMessage,
  });
  const refusal = await transact([
    {
      Update: {
        ...inTable(),
        Key: lock.key,
        UpdateExpression: taken.UpdateExpression,
        ConditionExpression: '#lock.#operation = :dead AND #lock.#fence = :fence',
        ExpressionAttributeNames: {
          ...taken.ExpressionAttributeNames,
          '#lock': 'lock',
          '#operation': 'operation_id',
          '#fence': 'fence',
        },
        ExpressionAttributeValues: {
          ...taken.ExpressionAttributeValues,
          ':dead': lock.operationId,
          ':fence': lock.fence,
        },
      },
    },
    {
      Update: {
        ...inTable(),
        Key: deadKey,
        UpdateExpression: `${closed.UpdateExpression} REMOVE work_key`,
        ExpressionAttributeNames: closed.ExpressionAttributeNames,
        ExpressionAttributeValues: closed.ExpressionAttributeValues,
        ConditionExpression: 'attribute_exists(pk)',
      },
    },
    expireOperationPointer(dead.id, deadKey, expiry),
    ...putOperation(operation),
  ]);
  return refusal === null ? operation : null;
};
