import { networkDriver } from '../../lib/drivers/network/index.ts';
import { DEVICE_OWNER, type NetworkDriver, type Port } from '../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError } from '../../lib/errors/cloud.ts';
import type { LoadBalancer } from '../../lib/models/load-balancer.ts';
import { vipPortName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operation.ts';
import { forgetResource } from '../../lib/repositories/external-resources.ts';
import { getLoadBalancer } from '../../lib/repositories/load-balancers.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const findPort = async (network: NetworkDriver, portId: string): Promise<Port | null> => {
  try {
    return await network.getPort(portId);
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return null;
    throw error;
  }
};

/** A port of the tenant's own is given back as it was: without our security group, and never deleted. */
const release = async (network: NetworkDriver, port: Port, loadBalancer: LoadBalancer): Promise<void> => {
  const securityGroupIds = port.securityGroupIds.filter((id) => id !== loadBalancer.security_group_id);
  if (securityGroupIds.length !== port.securityGroupIds.length) await network.updatePort(port.id, { securityGroupIds });
};

/** Gives the VIP's port back: ours is deleted, a tenant's only loses our security group. Gone is a success. */
export const deallocateVip =
  (network: NetworkDriver) =>
  async (loadBalancerId: string, flow: FlowInput): Promise<undefined> => {
    const loadBalancer = await getLoadBalancer(loadBalancerId);
    const { vip } = loadBalancer;
    const name = vipPortName(loadBalancerId);
    const port =
      (await findPort(network, vip.port_id)) ??
      (vip.octavia_owned ? await network.findPort(name, vip.network_id) : null);
    if (port !== null) {
      const ours = vip.octavia_owned && port.deviceOwner === DEVICE_OWNER;
      if (ours) await network.deletePort(port.id);
      else await release(network, port, loadBalancer);
    }
    await forgetResource(flow, { kind: 'port', name, loadbalancer_id: loadBalancerId, amphora_id: null });
    return undefined;
  };

export const handler = task({
  name: 'DeallocateVIP',
  input: loadBalancerInput,
  create: () => {
    const run = deallocateVip(networkDriver());
    return ({ loadbalancer_id }, { flow }) => run(loadbalancer_id, flow);
  },
});
