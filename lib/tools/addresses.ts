import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/*
 * IP addresses compare by what they mean: IPv6 has upper and lower case, long and short forms, and IPv4-mapped addresses.
 */

/**
 * IPv6 in its canonical spelling (RFC 5952), as a URL writes it. An IPv4-mapped address stays IPv6. Anything else stays as
 * it is.
 */
export const canonicalAddress = (address: string): string =>
  ipaddr.IPv6.isValid(address) && !address.includes('%')
    ? new URL(`http://[${address}]`).hostname.slice(1, -1)
    : address;

/** A member's address and port in one spelling: a pool has each of them once. */
export const socketOf = (member: { readonly ip_address: string; readonly protocol_port: number }): string =>
  `${canonicalAddress(member.ip_address)} ${member.protocol_port}`;

/**
 * The host that an address leads to: an IPv4-mapped address is the IPv4 address in it, and a link-local one loses its
 * interface. null for what is no address.
 */
export const hostOf = (address: string): string | null => {
  const bare = address.split('%', 1)[0] ?? address;
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : null;
};

/** True when both lead to one host, however they are written. */
export const isSameAddress = (one: string, other: string): boolean => {
  if (one === other) return one !== '';
  const host = hostOf(one);
  return host !== null && host === hostOf(other);
};

/** True for an IPv6 address, also an IPv4-mapped one. */
export const isIPv6Address = (address: string): boolean => address.includes(':');

/** The length that a netmask, or its inverse, stands for; null for any other address. */
const lengthOfMask = (mask: string): number | null => {
  const { octets } = ipaddr.IPv4.parse(mask);
  const length = new ipaddr.IPv4(octets).prefixLengthFromSubnetMask();
  return length ?? new ipaddr.IPv4(octets.map((octet) => 255 - octet)).prefixLengthFromSubnetMask();
};

/** The only way to write a block of addresses: no host bits, and a length. Takes a netmask too; null for no block. */
export const normalCidr = (value: string): string | null => {
  const [written = '', given, ...rest] = value.split('/');
  if (isIP(written) === 0 || written.includes('%') || rest.length > 0) return null;
  const [family, most] = isIPv6Address(written) ? ([ipaddr.IPv6, 128] as const) : ([ipaddr.IPv4, 32] as const);
  const length = (): number | null => {
    if (given === undefined) return most;
    if (/^\d+$/.test(given)) return Number(given);
    return most === 32 && isIPv4(given) ? lengthOfMask(given) : null;
  };
  const bits = length();
  if (bits === null || bits > most) return null;
  // The canonical spelling first: ipaddr.js takes ::1.2.3.4 for ::ffff:1.2.3.4.
  return `${family.networkAddressFromCIDR(`${canonicalAddress(written)}/${bits}`)}/${bits}`;
};
