import { OperationSuperseded, RowMissingError } from '../../errors/flow.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import type { UpdateExpression } from '../table/expressions.ts';
import { type Key, lockKey } from '../table/keys.ts';
import { inTable, type Refusal, type TransactItem, transact } from '../table/transact.ts';

/*
 * The handlers that may write, over time. The lock is on the load balancer's row (or a spare amphora's own):
 *
 *   commit            lock = {operation, fence n}          the operation's handlers write with n
 *   rollback begins   lock = {operation, fence n + 1}      handlers still on their way with n are refused
 *   taken over        lock = {other operation, fence m}    everything older is refused
 *   settle            lock removed                         every handler is refused until the next commit
 */
const HOLDS_LOCK = '#lock.#lock_operation = :lock_operation AND #lock.#lock_fence = :lock_fence';

/** A transaction takes 100 items; one of them is the fence. */
const TRANSACTION_LIMIT = 99;

/** The fence as a condition that can be joined to another expression. */
export const fenceCondition = (flow: FlowInput) => ({
  condition: HOLDS_LOCK,
  names: { '#lock': 'lock', '#lock_operation': 'operation_id', '#lock_fence': 'fence' },
  values: { ':lock_operation': flow.operation_id, ':lock_fence': flow.fence },
});

/**
 * An update of the row with the lock while the lock is this flow's, and while `also` holds where that is given.
 * @param key of the row; refused where the lock is in another one
 */
export const updateUnderLock = (
  flow: FlowInput,
  {
    UpdateExpression,
    ExpressionAttributeNames = {},
    ExpressionAttributeValues = {},
  }: Pick<UpdateExpression, 'UpdateExpression'> & Partial<UpdateExpression>,
  { also = null, key = lockKey(flow) }: { readonly also?: string | null; readonly key?: Key } = {},
): TransactItem => {
  const { condition, names, values } = fenceCondition(flow);
  return {
    Update: {
      ...inTable(),
      Key: key,
      UpdateExpression,
      ConditionExpression: also === null ? condition : `${condition} AND ${also}`,
      ExpressionAttributeNames: { ...names, ...ExpressionAttributeNames },
      ExpressionAttributeValues: { ...values, ...ExpressionAttributeValues },
    },
  };
};

/** The fence as a member of a transaction that writes other rows. */
export const fenceCheck = (flow: FlowInput): TransactItem => {
  const { condition, names, values } = fenceCondition(flow);
  return {
    ConditionCheck: {
      ...inTable(),
      Key: lockKey(flow),
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    },
  };
};

/**
 * Writes under the fence. Answers null, or the refusal of one of `items` (its index counts from `items`).
 * @throws OperationSuperseded the lock is no longer this flow's
 */
export const transactFenced = async (flow: FlowInput, items: readonly TransactItem[]): Promise<Refusal | null> => {
  const refusal = await transact([fenceCheck(flow), ...items]);
  if (refusal === null) return null;
  if (refusal.index === 0) throw new OperationSuperseded(flow.operation_id);
  return { ...refusal, index: refusal.index - 1, indexes: refusal.indexes.map((index) => index - 1) };
};

/**
 * Writes any number of rows under the fence, in as many transactions as it takes; after a death in between the whole
 * can be written again.
 * @throws OperationSuperseded
 * @throws RowMissingError a row that should be changed is gone
 */
export const writeFenced = async (flow: FlowInput, items: readonly TransactItem[]): Promise<void> => {
  for (let from = 0; from < items.length; from += TRANSACTION_LIMIT) {
    const refusal = await transactFenced(flow, items.slice(from, from + TRANSACTION_LIMIT));
    if (refusal !== null) {
      throw new RowMissingError(
        `Row ${from + refusal.index} of ${items.length} of operation ${flow.operation_id} is gone.`,
      );
    }
  }
};
