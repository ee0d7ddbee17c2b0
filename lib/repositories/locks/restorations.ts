import { UnrestorableError } from '../../errors/conflict.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import { type LoadBalancer, ROLES_OF } from '../../models/objects/load-balancer.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { AmphoraStatus, ProvisioningStatus } from '../../models/statuses.ts';
import { workerConfig } from '../../settings/config.ts';
import type { OperationRequest } from '../operations/operations.ts';
import type { TransactItem } from '../table/transact.ts';
import { doubtRow } from './pushes.ts';

/*
 * A load balancer in ERROR whose amphorae are all there is brought back by the next change: restore-load-balancer sends
 * and repairs everything that an operation may have left undone, and applies the change with it.
 */

/** True when a change is to bring it back, and not only to be applied. */
export const isToBeRestored = ({ provisioning_status }: LoadBalancer): boolean =>
  provisioning_status === ProvisioningStatus.ERROR && !workerConfig().strictImmutable;

/** What is asked of the flow that restores instead. */
export const restoration = (request: OperationRequest): OperationRequest => ({
  ...request,
  flow: 'restore-load-balancer',
});

/** Why a change cannot bring it back; null when it can. */
const obstacle = ({ load_balancer, amphorae }: LoadBalancerTree): string | null => {
  if (load_balancer.incomplete) return 'may be there in parts only, since its creation or deletion failed';
  const present = amphorae.filter(({ status }) => status !== AmphoraStatus.DELETED);
  const serving = present.filter(({ status }) => status === AmphoraStatus.ALLOCATED);
  const roles = ROLES_OF[load_balancer.topology];
  if (!roles.every((role) => serving.some((amphora) => amphora.role === role))) return 'lacks an amphora';
  // One that was to leave may still have the VIP.
  if (present.length > roles.length) return 'has an amphora too many';
  return null;
};

const doubt = ({ id, pushed }: Amphora, loadBalancerId: string): readonly TransactItem[] => {
  if (!pushed) return [];
  const everything = { haproxy: true, listeners: Object.keys(pushed.lvs), legs: true };
  return [doubtRow(id, loadBalancerId, everything, null)];
};

/**
 * Has everything sent to the amphorae again. The amphorae stay what they are while the fence does: rows of the transaction
 * that takes the lock under the fence that was read before.
 * @throws UnrestorableError
 */
export const doubtAll = ({ tree }: { readonly tree: LoadBalancerTree }): readonly TransactItem[] => {
  const { id } = tree.load_balancer;
  const why = obstacle(tree);
  if (why !== null) throw new UnrestorableError(id, why);
  return tree.amphorae.flatMap((amphora) => (amphora.status === AmphoraStatus.ALLOCATED ? doubt(amphora, id) : []));
};
