import type { FlowInput } from '../models/operation.ts';
import { AmphoraStatus } from '../models/statuses.ts';
import type { LoadBalancerTree } from '../models/tree.ts';
import { childrenOf } from '../models/tree-children.ts';
import { removeCounted } from './child-removal.ts';
import { statusOf } from './children.ts';
import { writeFenced } from './fence.ts';
import { REMOVE, setExpression } from './table/expressions.ts';
import { amphoraKey, Work } from './table/keys.ts';
import { inTable, type TransactItem } from './table/transact.ts';

/** It leaves every list, and waits under a key of its own for housekeeping. */
const markDeleted = (flow: FlowInput, id: string, now: string): TransactItem => ({
  Update: {
    ...inTable(),
    Key: amphoraKey(id, flow.loadbalancer_id),
    ...setExpression({
      status: AmphoraStatus.DELETED,
      ...statusOf(flow.operation_id),
      updated_at: now,
      type_key: REMOVE,
      work_key: Work.DELETED_AMPHORA,
      work_at: now,
    }),
    ConditionExpression: 'attribute_exists(pk)',
  },
});

/**
 * Marks one amphora of the flow's load balancer as DELETED.
 * @throws OperationSuperseded
 * @throws RowMissingError it has no row
 */
export const markAmphoraDeleted = async (flow: FlowInput, amphoraId: string): Promise<void> => {
  await writeFenced(flow, [markDeleted(flow, amphoraId, new Date().toISOString())]);
};

/**
 * Removes everything below a load balancer that is being deleted, and marks its amphorae DELETED. Members first and
 * listeners last, so that a death in between leaves no child without its parent.
 * @throws OperationSuperseded
 */
export const removeChildren = async (flow: FlowInput, tree: LoadBalancerTree): Promise<void> => {
  const now = new Date().toISOString();
  await removeCounted(flow, tree.load_balancer.project_id, childrenOf(tree));
  const present = tree.amphorae.filter(({ status }) => status !== AmphoraStatus.DELETED);
  await writeFenced(
    flow,
    present.map(({ id }) => markDeleted(flow, id, now)),
  );
};
