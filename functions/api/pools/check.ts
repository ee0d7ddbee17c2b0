import { cookieNameRule } from '../../../lib/amphora/render/fields/http.ts';
import type { Pool, SessionPersistence } from '../../../lib/models/objects/pool.ts';
import { unsupportedOption, validationFailure } from '../answers/refusals.ts';

const DATAGRAM: ReadonlySet<string> = new Set(['UDP', 'SCTP']);

const checkCookie = ({ type, cookie_name }: SessionPersistence): void => {
  if (type !== 'APP_COOKIE') {
    if (cookie_name === null) return;
    throw validationFailure('Field "cookie_name" can only be specified with session persistence of type "APP_COOKIE".');
  }
  if (cookie_name === null) {
    throw validationFailure(
      'Field "cookie_name" must be specified when using the "APP_COOKIE" session persistence type.',
    );
  }
  if (cookieNameRule(cookie_name) !== null) throw validationFailure('Supplied "cookie_name" is invalid.');
};

const checkPersistence = (persistence: SessionPersistence, protocol: Pool['protocol']): void => {
  checkCookie(persistence);
  if (DATAGRAM.has(protocol)) {
    if (persistence.type === 'SOURCE_IP') return;
    throw validationFailure(
      `Session persistence of type ${persistence.type} is not supported for ${protocol} protocol pools.`,
    );
  }
  if (persistence.persistence_timeout || persistence.persistence_granularity !== null) {
    throw validationFailure('Fields "persistence_timeout" and "persistence_granularity" are for UDP and SCTP pools.');
  }
};

/**
 * Whether a pool, new or as it will be after a change, makes sense.
 * @param provider the load balancer's
 * @throws ApiError 400, 501
 */
export const checkPool = (pool: Pool, provider: string): void => {
  if (pool.lb_algorithm === 'SOURCE_IP_PORT') throw unsupportedOption(provider, 'lb_algorithm SOURCE_IP_PORT');
  if (pool.session_persistence !== null) checkPersistence(pool.session_persistence, pool.protocol);
  if (DATAGRAM.has(pool.protocol) && pool.tls_enabled) {
    throw validationFailure(`"tls_enabled" is not supported for ${pool.protocol} protocol pools.`);
  }
  if (pool.crl_container_id !== null && pool.ca_tls_certificate_id === null) {
    throw validationFailure('A CA certificate reference is required to specify a revocation list.');
  }
};
