import { every, type FieldRule, matching, sized, wellFormed, withoutControls } from './rule.ts';

export const uuidRule: FieldRule = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'is not a UUID');

export const projectRule: FieldRule = every(sized(255), wellFormed, withoutControls);

/** An absolute path of the amphora, set by the operator. */
export const pathRule: FieldRule = every(
  sized(255),
  matching(/^\/[A-Za-z0-9._/-]*$/, 'is not an absolute path of plain characters'),
);

/** A number of entries as haproxy writes it: "10k". */
export const tableSizeRule: FieldRule = matching(/^[1-9]\d{0,9}[kmgKMG]?$/, 'is not a table size');

export const interfaceRule: FieldRule = matching(/^[A-Za-z0-9_.-]{1,15}$/, 'is not the name of an interface');

/** The shared secret of a VRRP group; keepalived reads eight characters of it. */
export const vrrpPasswordRule: FieldRule = matching(/^[A-Za-z0-9+/=_.-]{1,8}$/, 'is not a VRRP password');
