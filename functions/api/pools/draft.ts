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

/** The TLS options of a pool that gives none. */
export const defaultTlsOptions = (
  enabled: boolean,
  settings: ApiSettings,
): Pick<Pool, 'tls_ciphers' | 'tls_versions' | 'alpn_protocols'> =>
  enabled
    ? {
        tls_ciphers: settings.defaultPoolCiphers,
        tls_versions: settings.defaultPoolTlsVersions,
        alpn_protocols: settings.defaultPoolAlpnProtocols,
      }
    : { tls_ciphers: null, tls_versions: [], alpn_protocols: [] };

/** The pool that the fields ask for. */
export const draftPool = (place: Place, fields: PoolFields, settings: ApiSettings): Pool => {
  const tlsEnabled = fields.tls_enabled ?? false;
  const tls = defaultTlsOptions(tlsEnabled, settings);
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
