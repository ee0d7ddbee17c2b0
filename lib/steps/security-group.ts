import type { NetworkDriver } from '../drivers/network/network-driver.ts';
import { unlessLost } from '../errors/lost.ts';
import { securityGroupName } from '../models/names.ts';
import type { LoadBalancer } from '../models/objects/load-balancer.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { updateLoadBalancer } from '../repositories/objects/load-balancer-changes.ts';
import { ensureResource } from './ensure-resource.ts';

export type GroupDriver = Pick<NetworkDriver, 'createSecurityGroup' | 'deleteSecurityGroup' | 'findSecurityGroup'>;

/** Finds or creates the load balancer's security group and records it; returns its id. */
export const ensureSecurityGroup = async (
  network: GroupDriver,
  flow: FlowInput,
  loadBalancerId: string,
): Promise<string> => {
  const name = securityGroupName(loadBalancerId);
  const asFound = (id: string | null) => (id === null ? null : { id });
  const { id } = await ensureResource(flow, {
    resource: { kind: 'security_group', name, network_id: null, loadbalancer_id: loadBalancerId, amphora_id: null },
    find: async () => asFound(await network.findSecurityGroup(name)),
    create: async () => ({ id: await network.createSecurityGroup(name) }),
    remove: (created) => network.deleteSecurityGroup(created.id),
    record: (group, ledger) => updateLoadBalancer(flow, { security_group_id: group.id }, [ledger]),
  });
  return id;
};

/** Uses the load balancer's security group by its recorded id; one that was deleted in Neutron is made again first. */
export const withSecurityGroup = async <T>(
  network: GroupDriver,
  flow: FlowInput,
  { id, security_group_id: recorded }: Pick<LoadBalancer, 'id' | 'security_group_id'>,
  /** @param isNew true if no port has the group yet */
  use: (groupId: string, isNew: boolean) => Promise<T>,
): Promise<T> => {
  const useNew = async (): Promise<T> => await use(await ensureSecurityGroup(network, flow, id), true);
  if (recorded === null) return await useNew();
  return await unlessLost({ resource: 'security group', id: recorded }, () => use(recorded, false), useNew);
};
