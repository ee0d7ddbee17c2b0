import type { PlugVip, VipAddress } from '../../drivers/amphora/amphora-driver.ts';
import type { NetworkDriver, Port, Subnet } from '../../drivers/network/network-driver.ts';
import type { LoadBalancer } from '../../models/objects/load-balancer.ts';

/** An address with what its subnet says of routes. */
export const addressOn = (subnet: Subnet, ipAddress: string): VipAddress => ({
  ipAddress,
  subnetCidr: subnet.cidr,
  gateway: subnet.gatewayIp,
  hostRoutes: subnet.hostRoutes,
});

/** All addresses the load balancer answers at, the primary first. */
export const vipsOf = ({ vip, additional_vips }: Pick<LoadBalancer, 'vip' | 'additional_vips'>) => [
  vip,
  ...additional_vips,
];

/**
 * What an agent needs to carry the VIP on its base port: subnets and MTU are asked of Neutron at once.
 * @throws CloudResourceNotFoundError the VIP's network or a subnet is gone
 */
export const plugVipFacts = async (
  network: Pick<NetworkDriver, 'getNetwork' | 'getSubnet'>,
  loadBalancer: Pick<LoadBalancer, 'vip' | 'additional_vips'>,
): Promise<Omit<PlugVip, 'macAddress' | 'vrrpIp'>> => {
  const vips = vipsOf(loadBalancer);
  const [{ mtu }, ...addresses] = await Promise.all([
    network.getNetwork(loadBalancer.vip.network_id),
    ...vips.map(async (vip) => addressOn(await network.getSubnet(vip.subnet_id), vip.ip_address)),
  ]);
  const [primary, ...additionalVips] = addresses;
  if (primary === undefined) throw new TypeError('a load balancer has at least one VIP');
  return { mtu, vip: primary, additionalVips };
};

/** The base port's own address in the VIP's subnet. */
export const vrrpIpOf = (port: Port, loadBalancer: Pick<LoadBalancer, 'vip'>): string | null =>
  port.fixedIps.find(({ subnetId }) => subnetId === loadBalancer.vip.subnet_id)?.ipAddress ?? null;
