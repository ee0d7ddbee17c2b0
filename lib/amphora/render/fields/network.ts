import { isIP, isIPv4, isIPv6 } from 'node:net';
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
