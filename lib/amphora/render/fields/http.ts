import { isIPv6 } from 'node:net';
import { every, type FieldRule, matching, sized, wellFormed, withoutBlanks } from './rule.ts';

const hasHost: FieldRule = (value) => {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(value)?.[1];
  if (authority === undefined) return 'is not an http or https URL';
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return host === '' ? 'has no host' : null;
};

/** redirect_url and redirect_prefix: an absolute http or https URL of up to 255 characters. */
export const urlRule: FieldRule = every(sized(255), wellFormed, withoutBlanks, hasHost);

const AUTHORITY =
  /^(?:(?:[\w.~!$&'()*+,;=:\\-]|%[\da-f]{2})+@)?(\[[^\]]*\]|(?:[\w.~!$&'()*+,;=\\-]|%[\da-f]{2})+)(?::\d*)?$/i;

/** The parts of RFC 3986 that a redirect cannot do without. */
const wellPut: FieldRule = (value) => {
  const [, authority, path = ''] = /^https?:\/\/([^/?#]*)([^?#]*)/.exec(value) ?? [];
  if (authority === undefined) return 'is not an http or https URL in lower case';
  const host = AUTHORITY.exec(authority)?.[1] ?? '';
  const octets = /^(?:\d+\.){3}\d+$/.test(host) ? host.split('.') : [];
  const isAddress = host.startsWith('[') ? isIPv6(host.slice(1, -1)) : octets.every((octet) => Number(octet) <= 255);
  if (host === '' || !isAddress) return 'has no valid host';
  return /[[\]]/.test(path) ? 'has a bracket in its path' : null;
};

/** redirect_url and redirect_prefix that a request gives: such as `urlRule` takes, and as RFC 3986 has them. */
export const givenUrlRule: FieldRule = every(urlRule, wellPut);

/** url_path of a health monitor: starts with one slash; a query may follow. */
export const urlPathRule: FieldRule = every(
  sized(255),
  wellFormed,
  withoutBlanks,
  matching(/^\/(?!\/)/, 'does not start with one slash'),
);

/** The name of a header, or of a cookie in an L7 rule: a token of RFC 9110. */
export const tokenRule: FieldRule = every(
  sized(255),
  matching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not the name of a header or cookie'),
);

/** cookie_name of a session persistence. */
export const cookieNameRule: FieldRule = every(
  sized(255),
  wellFormed,
  withoutBlanks,
  matching(/^[^\s"()<>@,;:\\/[\]?={}]+$/, 'has a blank, a double quote or a separator'),
);

/** domain_name of a health monitor; a label may start with an underscore. */
export const domainNameRule: FieldRule = every(
  matching(/^.{1,253}\.?$/, 'is not a domain name'),
  matching(
    /^[A-Za-z0-9_]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/,
    'is not a domain name',
  ),
);

const codesOf = (value: string): readonly string[] | null => {
  const range = /^(\d{3})-(\d{3})$/.exec(value);
  if (range) {
    const [first, last] = [Number(range[1]), Number(range[2])];
    return first > last
      ? null
      : Array.from({ length: last - first + 1 }, (_, index) => String(first + index).padStart(3, '0'));
  }
  if (!/^\d{3}( *, *\d{3})*$/.test(value)) return null;
  return [...new Set(value.split(',').map((code) => code.trim()))].sort();
};

/** expected_codes: "200", "200, 202" or "200-204". */
export const expectedCodesRule: FieldRule = (value) =>
  codesOf(value) === null ? 'is neither a list nor a range of status codes' : null;

/** The codes of an accepted expected_codes, each once, in ascending order. */
export const expandExpectedCodes = (value: string): readonly string[] => codesOf(value) ?? [];
