import { OperationSuperseded } from '../../errors/flow.ts';
import type { Child } from '../../models/objects/child.ts';
import { amountsOf } from '../../models/objects/quota.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import { keyOfChild } from '../objects/children.ts';
import { fenceCheck } from '../operations/fence.ts';
import { transactGiving } from '../quotas/quota-counts.ts';
import { pointerKey } from '../table/keys.ts';
import { inTable, type TransactItem } from '../table/transact.ts';

/** Of 100 items of a transaction one is the fence, one the project's counters, and an object has two rows. */
const CHILDREN_AT_ONCE = 49;

const removal = (child: Child): readonly TransactItem[] => [
  { Delete: { ...inTable(), Key: keyOfChild(child), ConditionExpression: 'attribute_exists(pk)' } },
  { Delete: { ...inTable(), Key: pointerKey(child.object.id) } },
];

/**
 * Removes objects of a project, in the given order, and returns their share of the quota: once, however often and
 * beside what it is done.
 * @throws OperationSuperseded
 */
export const removeCounted = async (flow: FlowInput, projectId: string, children: readonly Child[]): Promise<void> => {
  let left = children;
  while (left.length > 0) {
    const batch = left.slice(0, CHILDREN_AT_ONCE);
    const refusal = await transactGiving(projectId, amountsOf(batch), [fenceCheck(flow), ...batch.flatMap(removal)]);
    if (refusal?.index === 0) throw new OperationSuperseded(flow.operation_id);
    // Another delivery of the same task was first with some of them.
    const gone = new Set(refusal?.indexes.map((index) => Math.floor((index - 1) / 2)));
    left = refusal === null ? left.slice(batch.length) : left.filter((_, index) => !gone.has(index));
  }
};
