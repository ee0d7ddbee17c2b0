import ipaddr from 'ipaddr.js';
import type { FixedIpRecord, SubnetRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { networkProblem } from './problems.ts';

const toNumber = (address: string): bigint =>
  ipaddr
    .parse(address)
    .toByteArray()
    .reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);

const toAddress = (number: bigint, version: 4 | 6): string => {
  const size = version === 4 ? 4 : 16;
  const bytes = Array.from({ length: size }, (_, index) => Number((number >> BigInt(8 * (size - 1 - index))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
};

/** One spelling for each address, so that equal ones compare equal. */
export const canonical = (address: string): string | null =>
  ipaddr.isValid(address) ? ipaddr.parse(address).toString() : null;

export const inCidr = (address: string, cidr: string): boolean => {
  const parsed = ipaddr.parse(address);
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return parsed.kind() === network.kind() && parsed.match([network, bits]);
};

/** First and last address a subnet gives out when its maker names no pool. */
export const defaultPool = (cidr: string, gateway: string | null): { start: string; end: string }[] => {
  const [network, bits] = ipaddr.parseCIDR(cidr);
  const version = network.kind() === 'ipv4' ? 4 : 6;
  const size = 1n << BigInt((version === 4 ? 32 : 128) - bits);
  const first = toNumber(network.toString());
  const start = gateway === toAddress(first + 1n, version) ? 2n : 1n;
  const end = size - (version === 4 ? 2n : 1n);
  return [{ start: toAddress(first + start, version), end: toAddress(first + end, version) }];
};

/** How many addresses the subnet's pools have. */
export const poolSize = (subnet: SubnetRecord): number =>
  subnet.allocation_pools.reduce((sum, { start, end }) => sum + Number(toNumber(end) - toNumber(start) + 1n), 0);

/** Knows which addresses are taken, by subnet. */
export interface Addresses {
  /** @throws HttpProblem 409 when it is taken */
  claim(subnetId: string, address: string): void;
  release(fixedIps: readonly FixedIpRecord[]): void;
  /** Claims a free address of the subnet's pools; null when none is left. */
  next(subnet: SubnetRecord): string | null;
  used(subnetId: string): number;
}

export const createAddresses = (store: Store): Addresses => {
  const taken = new Map<string, Set<string>>();
  /** Where the next search begins: addresses just given back rest for as long as possible. */
  const cursors = new Map<string, bigint>();
  const of = (subnetId: string): Set<string> => {
    const known = taken.get(subnetId) ?? new Set<string>();
    taken.set(subnetId, known);
    return known;
  };
  for (const { fixed_ips } of store.ports.values()) {
    for (const { subnet_id, ip_address } of fixed_ips) of(subnet_id).add(ip_address);
  }

  const search = (subnet: SubnetRecord, from: bigint): string | null => {
    for (const pool of subnet.allocation_pools) {
      const start = toNumber(pool.start);
      const end = toNumber(pool.end);
      for (let number = from > start ? from : start; number <= end; number += 1n) {
        const address = toAddress(number, subnet.ip_version);
        if (address === subnet.gateway_ip || of(subnet.id).has(address)) continue;
        cursors.set(subnet.id, number + 1n);
        return address;
      }
    }
    return null;
  };

  return {
    claim: (subnetId, address) => {
      if (of(subnetId).has(address)) {
        const message = `IP address ${address} already allocated in subnet ${subnetId}`;
        throw networkProblem(409, 'IpAddressAlreadyAllocated', message);
      }
      of(subnetId).add(address);
    },
    release: (fixedIps) => {
      for (const { subnet_id, ip_address } of fixedIps) of(subnet_id).delete(ip_address);
    },
    next: (subnet) => {
      const address = search(subnet, cursors.get(subnet.id) ?? 0n) ?? search(subnet, 0n);
      if (address !== null) of(subnet.id).add(address);
      return address;
    },
    used: (subnetId) => of(subnetId).size,
  };
};
