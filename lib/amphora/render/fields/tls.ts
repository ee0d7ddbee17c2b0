import { every, type FieldRule, matching, sized } from './rule.ts';

/** tls_ciphers: an OpenSSL cipher string. */
export const ciphersRule: FieldRule = every(
  sized(2048),
  matching(/^[A-Za-z0-9\-+!:@=_.]+$/, 'is not an OpenSSL cipher string'),
);

/** The name of a PEM file beside the others of its load balancer. */
export const pemFileRule: FieldRule = every(
  sized(255),
  matching(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*\.pem$/, 'is not the name of a PEM file'),
);
