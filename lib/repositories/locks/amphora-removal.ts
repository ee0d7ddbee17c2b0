import * as z from 'zod';
import { RowMissingError } from '../../errors/flow.ts';
import { AmphoraNotFound } from '../../errors/not-found.ts';
import { type FlowInput, type Operation, OperationStatus } from '../../models/operations/operation.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { statusOf } from '../objects/children.ts';
import { transactFenced } from '../operations/fence.ts';
import { getFlowOperation } from '../operations/operations.ts';
import { REMOVE, setExpression } from '../table/expressions.ts';
import { amphoraKey, Work } from '../table/keys.ts';
import { findRow } from '../table/query.ts';
import { inTable, type TransactItem } from '../table/transact.ts';
import { closeOperation, failedStepOf } from './settlements.ts';

/** A transaction takes 100 items: the fence, and up to three for each amphora. */
const AT_ONCE = 33;

/** It leaves every list, and waits under a key of its own for housekeeping. */
const markDeleted = (flow: FlowInput, id: string, holder: Operation | undefined, now: string): TransactItem => {
  const update = setExpression({
    status: AmphoraStatus.DELETED,
    ...statusOf(flow.operation_id),
    updated_at: now,
    lock: null,
    type_key: REMOVE,
    work_key: Work.DELETED_AMPHORA,
    work_at: now,
  });
  return {
    Update: {
      ...inTable(),
      Key: amphoraKey(id, flow.loadbalancer_id),
      UpdateExpression: update.UpdateExpression,
      ConditionExpression:
        holder === undefined
          ? 'attribute_exists(pk) AND (attribute_not_exists(#held) OR #held = :nobody)'
          : '#held.#holder = :holder',
      ExpressionAttributeNames: {
        ...update.ExpressionAttributeNames,
        '#held': 'lock',
        ...(holder !== undefined && { '#holder': 'operation_id' }),
      },
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ...(holder === undefined ? { ':nobody': null } : { ':holder': holder.id }),
      },
    },
  };
};

/** It has nothing left to work on; the reason that it has already stays. */
const endHolder = (holder: Operation, amphoraId: string, now: string): readonly TransactItem[] => {
  const { error_name, error_message, failed_step } = holder;
  const gone = new AmphoraNotFound(amphoraId);
  return closeOperation({ ...holder, operation_id: holder.id }, OperationStatus.FAILED, now, {
    failed_step: failed_step ?? failedStepOf(holder),
    error_name: error_name ?? gone.name,
    error_message: error_message ?? gone.message,
  });
};

const lockedRow = z.object({ lock: z.object({ operation_id: z.string() }).nullish() });

const holderOf = async (flow: FlowInput, amphoraId: string): Promise<Operation | undefined> => {
  const { loadbalancer_id } = flow;
  const row = await findRow(amphoraKey(amphoraId, loadbalancer_id));
  if (row === null) throw new RowMissingError(`Amphora ${amphoraId} has no row.`, { resourceId: amphoraId });
  const { lock } = lockedRow.parse(row);
  if (!lock) return undefined;
  const held = { ...flow, target: 'amphora' as const, amphora_id: amphoraId };
  return await getFlowOperation({ ...held, operation_id: lock.operation_id });
};

/**
 * Marks amphorae of the flow's load balancer as DELETED. What still holds one of them for itself (its certificate is
 * being replaced, say) is closed in the same moment: settled later, it would take the row from those that wait for
 * housekeeping.
 * @throws OperationSuperseded
 * @throws RowMissingError one of them has no row
 */
export const markAmphoraeDeleted = async (flow: FlowInput, ids: readonly string[]): Promise<void> => {
  const now = new Date().toISOString();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    let holders: readonly (Operation | undefined)[] = [];
    // Each time around, another operation has come or gone meanwhile.
    while (
      (await transactFenced(
        flow,
        some.flatMap((id, at) => itemsOf(flow, id, holders[at], now)),
      )) !== null
    ) {
      holders = await Promise.all(some.map((id) => holderOf(flow, id)));
    }
  }
};

const itemsOf = (flow: FlowInput, id: string, holder: Operation | undefined, now: string): readonly TransactItem[] => [
  markDeleted(flow, id, holder, now),
  ...(holder === undefined ? [] : endHolder(holder, id, now)),
];
