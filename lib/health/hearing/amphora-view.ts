import { LBNotFound } from '../../errors/not-found.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import { Topology } from '../../models/objects/load-balancer.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { AmphoraStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { readTree, type TreeRead } from '../../repositories/objects/trees.ts';

/** What a receiver knows of the load balancer that an amphora serves. */
export interface AmphoraView {
  readonly tree: LoadBalancerTree;
  /** What is known of the latest changes, by object id. */
  readonly changes: TreeRead['changes'];
  /** The amphora as the tree has it. */
  readonly amphora: Amphora;
  /** True for an amphora whose word about the objects counts: it is up, and has taken over. */
  readonly speaks: boolean;
  /** Ids of the others whose word counts as well. */
  readonly others: readonly string[];
  /** False while something changes: then it has to be looked at again soon. */
  readonly settled: boolean;
}

/** True for an amphora whose report counts for the objects: it is up, and has taken over. */
export const speaks = ({ status, role }: Amphora): boolean => status === AmphoraStatus.ALLOCATED && role !== null;

/** Reads what an amphora should be doing; null when neither it nor its load balancer is there any more. */
export const readView = async (amphoraId: string, loadBalancerId: string): Promise<AmphoraView | null> => {
  const read = await readTree(loadBalancerId).catch((error: unknown) => {
    if (error instanceof LBNotFound) return null;
    throw error;
  });
  if (read === null) return null;
  const { tree, changes } = read;
  const amphora = tree.amphorae.find(({ id }) => id === amphoraId);
  const { provisioning_status, topology } = tree.load_balancer;
  if (provisioning_status === ProvisioningStatus.DELETED) return null;
  if (amphora === undefined || amphora.status === AmphoraStatus.DELETED) return null;
  const peers = tree.amphorae.filter((other) => other.id !== amphoraId && speaks(other));
  return {
    tree,
    changes,
    amphora,
    speaks: speaks(amphora),
    others: topology === Topology.ACTIVE_STANDBY ? peers.map(({ id }) => id) : [],
    settled: provisioning_status === ProvisioningStatus.ACTIVE,
  };
};
