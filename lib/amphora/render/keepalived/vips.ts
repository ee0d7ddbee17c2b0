import ipaddr from 'ipaddr.js';
import { addressRule, cidrRule } from '../fields/network.ts';
import { refuse, type Subject, word } from '../guard.ts';
import { type SafeText, safeText } from '../text.ts';

export type Family = 'ipv4' | 'ipv6';

export const familyOf = (address: string): Family => (address.includes(':') ? 'ipv6' : 'ipv4');

/** An address in lower case, as the agent looks for it. @throws UnrenderableValueError */
export const addressWord = (subject: Subject, field: string, value: unknown): SafeText =>
  word(subject, field, typeof value === 'string' ? value.toLowerCase() : value, addressRule);

/** An address block with its host bits cleared; Neutron may store them. @throws UnrenderableValueError */
export const blockWord = (subject: Subject, field: string, value: string): SafeText => {
  const problem = cidrRule(value);
  if (problem !== null) return refuse(subject, field, problem);
  const length = value.split('/')[1] ?? '';
  const network =
    familyOf(value) === 'ipv6'
      ? ipaddr.IPv6.networkAddressFromCIDR(value).toString()
      : ipaddr.IPv4.networkAddressFromCIDR(value).toString();
  return safeText(`${network}/${Number(length)}`);
};
