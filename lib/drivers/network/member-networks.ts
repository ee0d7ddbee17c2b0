import { ProvisioningStatus } from '../../models/statuses.ts';
import type { LoadBalancerTree } from '../../models/tree.ts';

/** Subnets the members of a load balancer are on, without those that go away, and besides the VIP's own. */
export const memberSubnetIds = (tree: LoadBalancerTree): readonly string[] => {
  const leaving = new Set(
    tree.pools
      .filter(({ provisioning_status }) => provisioning_status === ProvisioningStatus.PENDING_DELETE)
      .map(({ id }) => id),
  );
  const { vip } = tree.load_balancer;
  const wanted = new Set<string>();
  for (const member of tree.members) {
    if (member.subnet_id === null || member.subnet_id === vip.subnet_id) continue;
    if (member.provisioning_status === ProvisioningStatus.PENDING_DELETE || leaving.has(member.pool_id)) continue;
    wanted.add(member.subnet_id);
  }
  return [...wanted].sort();
};
