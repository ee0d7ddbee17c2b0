import type { VipAddress } from '../../lib/drivers/amphora/amphora-driver.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver, Port, PortSpec, Subnet } from '../../lib/drivers/network/network-driver.ts';
import { PortPlugError } from '../../lib/errors/cloud.ts';
import type { LoadBalancer } from '../../lib/models/load-balancer.ts';
import { basePortName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operation.ts';
import { getAmphora, updateAmphora } from '../../lib/repositories/amphorae.ts';
import { noteResourceId, recordIntent } from '../../lib/repositories/external-resources.ts';
import { getLoadBalancer } from '../../lib/repositories/load-balancers.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const VRRP_ID = 1;

const vipAddress = (ipAddress: string, subnet: Subnet): VipAddress => ({
  ipAddress,
  subnetCidr: subnet.cidr,
  gateway: subnet.gatewayIp,
  hostRoutes: subnet.hostRoutes,
});

/** All addresses the load balancer answers at, the primary first. */
const vipsOf = (loadBalancer: LoadBalancer) => [loadBalancer.vip, ...loadBalancer.additional_vips];

const basePortSpec = (loadBalancer: LoadBalancer, amphoraId: string): PortSpec => ({
  name: basePortName(amphoraId),
  networkId: loadBalancer.vip.network_id,
  fixedIps: [{ subnetId: loadBalancer.vip.subnet_id, ipAddress: null }],
  adminStateUp: true,
  // The load balancer's own group follows in UpdateVIPSecurityGroup, while the server boots.
  securityGroupIds: loadBalancer.vip.sg_ids,
  allowedAddressPairs: vipsOf(loadBalancer).map((vip) => vip.ip_address),
  ...(loadBalancer.vip.qos_policy_id === null ? {} : { qosPolicyId: loadBalancer.vip.qos_policy_id }),
  vnicType: loadBalancer.vip.vnic_type,
});

const ensureBasePort = async (
  network: NetworkDriver,
  flow: FlowInput,
  loadBalancer: LoadBalancer,
  amphoraId: string,
): Promise<Port> => {
  const spec = basePortSpec(loadBalancer, amphoraId);
  const resource = {
    kind: 'port' as const,
    name: spec.name,
    network_id: spec.networkId,
    loadbalancer_id: loadBalancer.id,
    amphora_id: amphoraId,
  };
  const known = (await recordIntent(flow, resource)) === 'known';
  const port = (known ? await network.findPort(spec.name, spec.networkId) : null) ?? (await network.createPort(spec));
  const own = port.fixedIps.find((ip) => ip.subnetId === loadBalancer.vip.subnet_id);
  if (own === undefined) {
    throw new PortPlugError(`Base port ${port.id} has no address on subnet ${loadBalancer.vip.subnet_id}.`, {
      resource: 'port',
      resourceId: port.id,
    });
  }
  await updateAmphora(
    flow,
    amphoraId,
    {
      vrrp_port_id: port.id,
      vrrp_ip: own.ipAddress,
      vrrp_id: VRRP_ID,
      ha_ip: loadBalancer.vip.ip_address,
      ha_port_id: loadBalancer.vip.port_id,
    },
    [noteResourceId(resource, port.id)],
  );
  return port;
};

/**
 * Makes the amphora's own port in the VIP's network, before the server, which boots with it. Answers what the agent
 * must be told of it: `{ network_config: { mac_address, vrrp_ip, mtu, vips } }`.
 */
export const createBasePort =
  (network: NetworkDriver) =>
  async (input: { readonly loadbalancer_id: string; readonly amphora_id: string }, flow: FlowInput) => {
    const [loadBalancer, amphora] = await Promise.all([
      getLoadBalancer(input.loadbalancer_id),
      getAmphora(input.amphora_id, input.loadbalancer_id),
    ]);
    const subnetIds = [...new Set(vipsOf(loadBalancer).map((vip) => vip.subnet_id))];
    const [port, vipNetwork, ...subnets] = await Promise.all([
      amphora.vrrp_port_id === null
        ? ensureBasePort(network, flow, loadBalancer, amphora.id)
        : network.getPort(amphora.vrrp_port_id),
      network.getNetwork(loadBalancer.vip.network_id),
      ...subnetIds.map((subnetId) => network.getSubnet(subnetId)),
    ]);
    const bySubnet = new Map(subnets.map((subnet) => [subnet.id, subnet]));
    const vips = vipsOf(loadBalancer).flatMap((vip) => {
      const subnet = bySubnet.get(vip.subnet_id);
      return subnet === undefined ? [] : [vipAddress(vip.ip_address, subnet)];
    });
    const own = port.fixedIps.find((ip) => ip.subnetId === loadBalancer.vip.subnet_id);
    return {
      network_config: {
        mac_address: port.macAddress,
        vrrp_ip: own?.ipAddress ?? '',
        mtu: vipNetwork.mtu,
        vips,
      },
    };
  };

export const handler = task({
  name: 'CreateBasePort',
  input: loadBalancerAmphoraInput,
  create: () => {
    const run = createBasePort(networkDriver());
    return (input, { flow }) => run(input, flow);
  },
});
