import ipaddr from 'ipaddr.js';
import type { Network, Port } from '../../../lib/drivers/network/network-driver.ts';
import { isSameAddress } from '../../../lib/tools/addresses.ts';
import { missingSubresource, validationFailure } from '../answers/refusals.ts';
import type { WantedVip } from './fields.ts';
import type { Lookups } from './lookups.ts';
import type { ResolvedVip, VipResolution } from './vip.ts';

/** Where the primary address is to be. */
export type Place = Pick<ResolvedVip, 'port' | 'network_id' | 'subnet_id' | 'ip_address'>;

/** Addresses taken on the VIP's subnet: the VIP's own and one for each amphora. */
const NEEDED_ADDRESSES = { SINGLE: 2, ACTIVE_STANDBY: 3 } as const;

const isWithin = (address: string, cidr: string): boolean => {
  const parsed = ipaddr.parse(address);
  const [network, length] = ipaddr.parseCIDR(cidr);
  return parsed.kind() === network.kind() && parsed.match(network, length);
};

const onPort = async (portId: string, wanted: WantedVip, look: Lookups): Promise<Place> => {
  const subnetId = wanted.vip_subnet_id ?? null;
  const [port] = await Promise.all([look.port(portId), subnetId === null ? null : look.subnet(subnetId)]);
  if (port.deviceId !== '') {
    throw validationFailure(`Port ${port.id} is already used by device ${port.deviceId}`);
  }
  const placed = (found: Port['fixedIps'][number] | undefined, trouble: string): Place => {
    if (found === undefined) throw validationFailure(trouble);
    return { port, network_id: port.networkId, subnet_id: found.subnetId, ip_address: found.ipAddress };
  };
  const { fixedIps } = port;
  if (subnetId !== null) {
    const found = fixedIps.find((ip) => ip.subnetId === subnetId);
    return placed(found, 'No VIP address found on the specified VIP port within the specified subnet.');
  }
  if (wanted.vip_address) {
    const address = wanted.vip_address;
    const found = fixedIps.find((ip) => isSameAddress(ip.ipAddress, address));
    return placed(found, 'Specified VIP address not found on the specified VIP port.');
  }
  return placed(
    fixedIps.length === 1 ? fixedIps[0] : undefined,
    "VIP port's subnet could not be determined. Please specify either a VIP subnet or address.",
  );
};

const subnetWith = async (address: string, network: Network, look: Lookups): Promise<string> => {
  const subnets = await Promise.all(network.subnetIds.map((id) => look.subnet(id)));
  const found = subnets.find(({ cidr }) => isWithin(address, cidr));
  if (found !== undefined) return found.id;
  throw validationFailure('Supplied network does not contain a subnet for VIP address specified.');
};

/** The first subnet with room for all addresses, IPv4 before IPv6. */
const roomySubnet = async (
  network: Network,
  free: Readonly<Record<string, number>>,
  look: Lookups,
  needed: number,
): Promise<string> => {
  if (network.subnetIds.length === 0) throw validationFailure('Supplied network does not contain a subnet.');
  const roomy = network.subnetIds.filter((id) => (free[id] ?? 0) >= needed);
  const [first, second] = roomy;
  if (first === undefined) {
    throw validationFailure('Subnet(s) in the supplied network do not contain enough available IPs.');
  }
  if (second === undefined) return first;
  const subnets = await Promise.all(roomy.map((id) => look.subnet(id)));
  return subnets.find(({ ipVersion }) => ipVersion === 4)?.id ?? first;
};

const inNetwork = async (networkId: string, wanted: WantedVip, look: Lookups, by: VipResolution): Promise<Place> => {
  const place = (subnetId: string): Place => ({
    port: null,
    network_id: networkId,
    subnet_id: subnetId,
    ip_address: wanted.vip_address ?? '',
  });
  if (wanted.vip_subnet_id) {
    const network = await look.network(networkId);
    if (!network.subnetIds.includes(wanted.vip_subnet_id)) throw missingSubresource('Subnet', wanted.vip_subnet_id);
    return place(wanted.vip_subnet_id);
  }
  if (wanted.vip_address) return place(await subnetWith(wanted.vip_address, await look.network(networkId), look));
  const freeing = by.freeAddresses(networkId);
  // Asked for at once; its failure counts only when the network is there.
  freeing.catch(() => undefined);
  const network = await look.network(networkId);
  return place(await roomySubnet(network, await freeing, look, NEEDED_ADDRESSES[by.settings.loadbalancerTopology]));
};

const inSubnet = async (subnetId: string, wanted: WantedVip, look: Lookups): Promise<Place> => {
  const { networkId } = await look.subnet(subnetId);
  return { port: null, network_id: networkId, subnet_id: subnetId, ip_address: wanted.vip_address ?? '' };
};

/** By the port when one is given, else by the network, else by the subnet. @throws ApiError 400 */
export const primaryPlace = (wanted: WantedVip, look: Lookups, by: VipResolution): Promise<Place> => {
  if (wanted.vip_port_id) return onPort(wanted.vip_port_id, wanted, look);
  if (wanted.vip_network_id) return inNetwork(wanted.vip_network_id, wanted, look, by);
  return inSubnet(wanted.vip_subnet_id ?? '', wanted, look);
};
