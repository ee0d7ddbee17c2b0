import type { Pool, SessionPersistence } from '../../../lib/models/pool.ts';
import { newObject, type Place } from '../children/new-object.ts';
import type { ApiSettings } from '../dependencies.ts';
import type { PoolFields } from './body.ts';

/** The persistence that the fields ask for, in full. */
export const sessionPersistence = (
  given: { readonly type: SessionPersistence['type'] } & {
    readonly [Field in Exclude<keyof SessionPersistence, 'type'>]?: SessionPersistence[Field] | undefined;
  },
): SessionPersistence => ({
  type: given.type,
  cookie_name: given.cookie_name ?? null,
  persistence_timeout: given.persistence_timeout ?? null,
  persistence_granularity: given.persistence_granularity ?? null,
});

type TlsOptions = Pick<Pool, 'tls_ciphers' | 'tls_versions' | 'alpn_protocols'>;

const WITHOUT_TLS: TlsOptions = { tls_ciphers: null, tls_versions: null, alpn_protocols: null };

/** The TLS options of a pool with TLS that has none of its own. */
export const defaultTlsOptions = (settings: ApiSettings): TlsOptions => ({
  tls_ciphers: settings.defaultPoolCiphers,
  tls_versions: settings.defaultPoolTlsVersions,
  alpn_protocols: settings.defaultPoolAlpnProtocols,
});

/** The pool that the fields ask for. */
export const draftPool = (place: Place, fields: PoolFields, settings: ApiSettings): Pool => {
  const tlsEnabled = fields.tls_enabled ?? false;
  const tls = tlsEnabled ? defaultTlsOptions(settings) : WITHOUT_TLS;
  return {
    ...newObject(place, fields),
    name: fields.name ?? '',
    description: fields.description ?? '',
    protocol: fields.protocol,
    lb_algorithm: fields.lb_algorithm,
    session_persistence: fields.session_persistence ? sessionPersistence(fields.session_persistence) : null,
    tls_enabled: tlsEnabled,
    tls_certificate_id: fields.tls_container_ref || null,
    ca_tls_certificate_id: fields.ca_tls_container_ref || null,
    crl_container_id: fields.crl_container_ref || null,
    tls_ciphers: fields.tls_ciphers ?? tls.tls_ciphers,
    tls_versions: fields.tls_versions ?? tls.tls_versions,
    alpn_protocols: fields.alpn_protocols ?? tls.alpn_protocols,
  };
};
