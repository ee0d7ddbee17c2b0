import { networkDriver } from '../../lib/drivers/network/index.ts';
import { DEVICE_OWNER, type NetworkDriver, type Port } from '../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError } from '../../lib/errors/cloud.ts';
import { vipPortName } from '../../lib/models/names.ts';
import type { LoadBalancer } from '../../lib/models/objects/load-balancer.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { deleteResource } from '../../lib/steps/delete-resource.ts';
import { findPort, recordedVipPort } from '../../lib/steps/network/vip-port.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Former groups may be gone by now: the port is then left with what it has. */
const giveBack = async (network: NetworkDriver, portId: string, former: readonly string[], rest: readonly string[]) => {
  try {
    await network.updatePort(portId, { securityGroupIds: former });
  } catch (error) {
    if (!(error instanceof CloudResourceNotFoundError && error.resource === 'security group')) throw error;
    await network.updatePort(portId, { securityGroupIds: rest });
  }
};

/**
 * A port of the tenant's own is never deleted. It loses our security group and gets back those it came with, unless
 * the tenant has given it others since.
 */
const release = async (network: NetworkDriver, port: Port, { security_group_id, vip }: LoadBalancer): Promise<void> => {
  const rest = port.securityGroupIds.filter((id) => id !== security_group_id);
  if (rest.length === port.securityGroupIds.length) return;
  const untouched = rest.length === vip.sg_ids.length && rest.every((id) => vip.sg_ids.includes(id));
  await giveBack(network, port.id, untouched ? vip.former_sg_ids : rest, rest);
};

/** Deletes a port of ours; one that stands in for a tenant's lost port is ours before it is recorded. */
const deleteOrRelease = async (network: NetworkDriver, portId: string, loadBalancer: LoadBalancer): Promise<void> => {
  const port = await findPort(network, portId);
  if (port === null) return;
  const { octavia_owned, port_id } = loadBalancer.vip;
  const isOurs = (octavia_owned || portId !== port_id) && port.deviceOwner === DEVICE_OWNER;
  if (isOurs) await network.deletePort(portId);
  else await release(network, port, loadBalancer);
};

/** Gives the VIP's port back: ours is deleted, with all others of its name, a tenant's is as it was. Gone is a success. */
export const deallocateVip =
  (network: NetworkDriver) =>
  async (loadBalancerId: string, flow: FlowInput): Promise<undefined> => {
    const loadBalancer = await getLoadBalancer(loadBalancerId);
    const { vip } = loadBalancer;
    const name = vipPortName(loadBalancerId);
    const recorded = await recordedVipPort(network, loadBalancer);
    // A tenant's port has no other that stands in for it, unless it is lost.
    const hasOthers = vip.octavia_owned || recorded === null;
    await deleteResource(flow, {
      resource: { kind: 'port', name, loadbalancer_id: loadBalancerId, amphora_id: null },
      recorded: [recorded?.id ?? null],
      find: async () => (hasOthers ? (await network.findPorts(name, vip.network_id)).map(({ id }) => id) : []),
      remove: (id) => deleteOrRelease(network, id, loadBalancer),
    });
    return undefined;
  };

export const handler = task({
  name: 'DeallocateVIP',
  input: loadBalancerInput,
  drivers: networkDriver,
  run: ({ loadbalancer_id }, { flow }, drivers) => deallocateVip(drivers)(loadbalancer_id, flow),
});
