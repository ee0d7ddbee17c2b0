import type { LoadBalancer } from '../../models/objects/load-balancer.ts';
import type { Member, Pool } from '../../models/objects/pool.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';

/** The subnet an amphora needs an address on to reach the member; null when it has one anyway, or none is named. */
const neededSubnet = ({ subnet_id }: Member, { vip }: LoadBalancer): string | null =>
  subnet_id === vip.subnet_id ? null : subnet_id;

/** Members without those that are deleted, alone or with their pool. */
export const stayingMembers = ({ pools, members }: LoadBalancerTree): readonly Member[] => {
  const isLeaving = ({ provisioning_status }: Pool | Member) =>
    provisioning_status === ProvisioningStatus.PENDING_DELETE;
  const leaving = new Set(pools.filter(isLeaving).map(({ id }) => id));
  return members.filter((member) => !isLeaving(member) && !leaving.has(member.pool_id));
};

/** Subnets the members of a load balancer are on, without those that go away, and besides the VIP's own. */
export const memberSubnetIds = (tree: LoadBalancerTree): readonly string[] => {
  const wanted = stayingMembers(tree).flatMap((member) => neededSubnet(member, tree.load_balancer) ?? []);
  return [...new Set(wanted)].sort();
};

/**
 * The tree as an amphora with these subnets can serve it: a member whose network it is not in would be looked for where
 * it is not.
 */
export const reachableTree = (tree: LoadBalancerTree, pluggedSubnetIds: readonly string[]): LoadBalancerTree => {
  const plugged = new Set(pluggedSubnetIds);
  const members = tree.members.filter((member) => {
    const subnetId = neededSubnet(member, tree.load_balancer);
    return subnetId === null || plugged.has(subnetId);
  });
  return { ...tree, members };
};
