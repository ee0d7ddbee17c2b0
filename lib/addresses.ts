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
