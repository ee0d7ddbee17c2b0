import { isIP, isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { FieldRule } from './rule.ts';

/** An IPv4 or IPv6 address without a zone. */
export const addressRule: FieldRule = (value) =>
  isIP(value) !== 0 && !value.includes('%') ? null : 'is not an IP address';

/** An address block in CIDR notation. */
export const cidrRule: FieldRule = (value) => {
  const [address = '', length = '', ...rest] = value.split('/');
  const most = isIPv6(address) ? 128 : 32;
  return rest.length === 0 && addressRule(address) === null && /^\d{1,3}$/.test(length) && Number(length) <= most
    ? null
    : 'is not an address block';
};

/** The length that a netmask, or its inverse, stands for; null for any other address. */
const lengthOfMask = (mask: string): number | null => {
  const { octets } = ipaddr.IPv4.parse(mask);
  const length = new ipaddr.IPv4(octets).prefixLengthFromSubnetMask();
  return length ?? new ipaddr.IPv4(octets.map((octet) => 255 - octet)).prefixLengthFromSubnetMask();
};

/** The only way to write a block of addresses: no host bits, and a length. Takes a netmask too; null for no block. */
export const normalCidr = (value: string): string | null => {
  const [written = '', given, ...rest] = value.split('/');
  if (addressRule(written) !== null || rest.length > 0) return null;
  const [family, most] = isIPv6(written) ? ([ipaddr.IPv6, 128] as const) : ([ipaddr.IPv4, 32] as const);
  // ipaddr.js takes ::1.2.3.4 for ::ffff:1.2.3.4.
  const address = most === 128 ? new URL(`http://[${written}]`).hostname.slice(1, -1) : written;
  const length = (): number | null => {
    if (given === undefined) return most;
    if (/^\d+$/.test(given)) return Number(given);
    return most === 32 && isIPv4(given) ? lengthOfMask(given) : null;
  };
  const bits = length();
  if (bits === null || bits > most) return null;
  return `${family.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`;
};

/** An IPv4 netmask without holes, or an IPv6 prefix length: what groups clients for persistence. */
export const granularityRule: FieldRule = (value) => {
  if (/^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= 128) return null;
  if (isIPv4(value)) {
    const bits = value
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
    if (/^1+0*$/.test(bits)) return null;
  }
  return 'is neither an IPv4 netmask nor an IPv6 prefix length';
};
