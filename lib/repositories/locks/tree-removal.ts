import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { childrenOf } from '../../models/objects/tree-children.ts';
import type { FlowInput } from '../../models/operations/operation.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { markAmphoraeDeleted } from './amphora-removal.ts';
import { removeCounted } from './child-removal.ts';

/**
 * Removes everything below a load balancer that is being deleted, and marks its amphorae DELETED. Members first and
 * listeners last, so that a death in between leaves no child without its parent.
 * @throws OperationSuperseded
 */
export const removeChildren = async (flow: FlowInput, tree: LoadBalancerTree): Promise<void> => {
  await removeCounted(flow, tree.load_balancer.project_id, childrenOf(tree));
  const present = tree.amphorae.filter(({ status }) => status !== AmphoraStatus.DELETED);
  await markAmphoraeDeleted(
    flow,
    present.map(({ id }) => id),
  );
};
