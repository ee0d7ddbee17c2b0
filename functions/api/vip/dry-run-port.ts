import ipaddr from 'ipaddr.js';
import type { NetworkDriver, Port, Subnet } from '../../../lib/drivers/network/network-driver.ts';
import { DEVICE_OWNER } from '../../../lib/drivers/network/network-driver.ts';
import { VipAllocationError } from '../../../lib/errors/cloud.ts';
import type { NewLoadBalancer } from '../../../lib/repositories/locks/commits.ts';
import { vipPortSpec } from '../../../lib/steps/network/vip-port.ts';

/** Stand for addresses that Neutron would choose: no VIP can have them (RFC 1112, RFC 6666). */
const UNCHOSEN = { 4: '240.0.0.', 6: '100::' };

/** True for an address that stands for one that Neutron would choose. */
export const isUnchosen = (address: string): boolean =>
  Object.values(UNCHOSEN).some((start) => address.startsWith(start));

const refusal = (subnet: Subnet, text: string): VipAllocationError =>
  new VipAllocationError(text, { resource: 'subnet', resourceId: subnet.id });

const refuseOutside = (subnet: Subnet, address: string): void => {
  const parsed = ipaddr.parse(address);
  const [network, length] = ipaddr.parseCIDR(subnet.cidr);
  if (parsed.kind() === network.kind() && parsed.match(network, length)) return;
  throw refusal(subnet, `IP address ${address} is not a valid IP for the specified subnet.`);
};

/**
 * The VIP's port as Neutron would make it. An address that it would choose is one that `isUnchosen` knows. Whether an
 * address is taken, or the project has a port left, only Neutron knows.
 * @throws VipAllocationError no address left, or the wanted one is outside of its subnet
 * @throws CloudResourceNotFoundError
 */
export const dryRunVipPort = async (
  network: Pick<NetworkDriver, 'freeAddresses' | 'getSubnet'>,
  loadBalancer: NewLoadBalancer,
): Promise<Port> => {
  const spec = vipPortSpec(loadBalancer);
  const free = await network.freeAddresses(spec.networkId);
  const fixedIps = spec.fixedIps.map(async ({ subnetId, ipAddress }, index) => {
    const subnet = await network.getSubnet(subnetId);
    if (ipAddress !== null) refuseOutside(subnet, ipAddress);
    else if (free[subnetId] === 0) throw refusal(subnet, `No more IP addresses available on subnet ${subnetId}.`);
    return { subnetId, ipAddress: ipAddress ?? `${UNCHOSEN[subnet.ipVersion]}${index + 1}` };
  });
  return {
    id: '',
    name: spec.name,
    networkId: spec.networkId,
    macAddress: '',
    deviceId: spec.deviceId ?? '',
    deviceOwner: DEVICE_OWNER,
    status: 'DOWN',
    adminStateUp: spec.adminStateUp,
    fixedIps: await Promise.all(fixedIps),
    securityGroupIds: spec.securityGroupIds ?? [],
    allowedAddressPairs: [],
    qosPolicyId: spec.qosPolicyId ?? null,
    projectId: spec.projectId ?? '',
  };
};
