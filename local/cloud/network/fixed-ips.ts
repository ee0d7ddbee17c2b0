import type { HttpProblem } from '../http/problem.ts';
import type { FixedIpRecord, SubnetRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type Addresses, canonical, inCidr } from './addresses.ts';
import { badRequest, networkProblem, notFound } from './problems.ts';

export interface WantedFixedIp {
  readonly subnet_id?: string | undefined;
  readonly ip_address?: string | undefined;
}

const exhausted = (networkId: string): HttpProblem =>
  networkProblem(409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${networkId}.`);

const subnetsOf = (store: Store, networkId: string): SubnetRecord[] =>
  [...store.subnets.values()].filter((subnet) => subnet.network_id === networkId);

const subnetFor = (store: Store, networkId: string, wanted: WantedFixedIp, address: string | null): SubnetRecord => {
  if (wanted.subnet_id !== undefined) {
    const subnet = store.subnets.get(wanted.subnet_id);
    if (subnet === undefined) throw notFound('Subnet', wanted.subnet_id);
    if (subnet.network_id !== networkId) {
      const reason = `Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${subnet.id}.`;
      throw networkProblem(400, 'InvalidInput', `Invalid input for operation: ${reason}`);
    }
    return subnet;
  }
  const subnet = subnetsOf(store, networkId).find(({ cidr }) => address !== null && inCidr(address, cidr));
  if (subnet !== undefined) return subnet;
  const message = `IP address ${address} is not a valid IP for any of the subnets on the specified network.`;
  throw networkProblem(400, 'InvalidIpForNetwork', message);
};

const one = (store: Store, addresses: Addresses, networkId: string, wanted: WantedFixedIp): FixedIpRecord => {
  const address = wanted.ip_address === undefined ? null : canonical(wanted.ip_address);
  if (wanted.ip_address !== undefined && address === null) {
    throw badRequest(`Invalid input for fixed_ips. Reason: '${wanted.ip_address}' is not a valid IP address.`);
  }
  const subnet = subnetFor(store, networkId, wanted, address);
  if (address !== null) {
    if (!inCidr(address, subnet.cidr)) {
      const message = `IP address ${address} is not a valid IP for the specified subnet.`;
      throw networkProblem(400, 'InvalidIpForSubnet', message);
    }
    addresses.claim(subnet.id, address);
    return { subnet_id: subnet.id, ip_address: address };
  }
  const free = addresses.next(subnet);
  if (free === null) throw exhausted(networkId);
  return { subnet_id: subnet.id, ip_address: free };
};

/** Neutron's choice without a given subnet: one address of each family the network has. */
const defaults = (store: Store, addresses: Addresses, networkId: string): FixedIpRecord[] => {
  const result: FixedIpRecord[] = [];
  for (const version of [4, 6]) {
    const family = subnetsOf(store, networkId).filter(({ ip_version }) => ip_version === version);
    const chosen = firstFree(addresses, family);
    if (chosen !== null) result.push(chosen);
    else if (family.length > 0) {
      addresses.release(result);
      throw exhausted(networkId);
    }
  }
  return result;
};

const firstFree = (addresses: Addresses, subnets: readonly SubnetRecord[]): FixedIpRecord | null => {
  for (const subnet of subnets) {
    const address = addresses.next(subnet);
    if (address !== null) return { subnet_id: subnet.id, ip_address: address };
  }
  return null;
};

/**
 * Claims the addresses of a port; none stays claimed when one cannot be had.
 * `wanted` undefined: Neutron chooses. `kept`: addresses the port has already.
 * @throws HttpProblem 400, 404, 409
 */
export const claimFixedIps = (
  store: Store,
  addresses: Addresses,
  networkId: string,
  wanted: readonly WantedFixedIp[] | undefined,
  kept: readonly FixedIpRecord[] = [],
): FixedIpRecord[] => {
  if (wanted === undefined) return defaults(store, addresses, networkId);
  const claimed: FixedIpRecord[] = [];
  const reused: FixedIpRecord[] = [];
  try {
    const result = wanted.map((wish) => {
      const same = kept.find(
        (known) =>
          !reused.includes(known) &&
          (wish.subnet_id ?? known.subnet_id) === known.subnet_id &&
          (wish.ip_address ?? known.ip_address) === known.ip_address,
      );
      if (same !== undefined) {
        reused.push(same);
        return same;
      }
      const fixedIp = one(store, addresses, networkId, wish);
      claimed.push(fixedIp);
      return fixedIp;
    });
    addresses.release(kept.filter((known) => !reused.includes(known)));
    return result;
  } catch (error) {
    addresses.release(claimed);
    throw error;
  }
};
