import { INSERT_HEADERS, type InsertHeader, type Listener, ListenerProtocol } from '../../../lib/models/listener.ts';
import { newObject, type Place } from '../children/new-object.ts';
import type { ApiSettings } from '../dependencies.ts';
import { invalidOption } from '../refusals.ts';
import type { ListenerFields } from './body.ts';

const isHeader = (name: string): name is InsertHeader => INSERT_HEADERS.some((header) => header === name);

/** Headers by their known names, as written; those that say true, in any case, are inserted. @throws ApiError 400 another name */
export const insertHeaders = (
  given: Readonly<Record<string, string>> | null | undefined,
): Readonly<Partial<Record<InsertHeader, string>>> => {
  const headers: Partial<Record<InsertHeader, string>> = {};
  for (const [name, value] of Object.entries(given ?? {})) {
    if (!isHeader(name)) throw invalidOption(name, 'insert_headers');
    headers[name] = value;
  }
  return headers;
};

type TlsOptions = Pick<Listener, 'tls_ciphers' | 'tls_versions' | 'alpn_protocols'>;

const WITHOUT_TLS: TlsOptions = { tls_ciphers: null, tls_versions: null, alpn_protocols: null };

/** The TLS options of a listener that has none of its own. */
export const defaultTlsOptions = (settings: ApiSettings): TlsOptions => ({
  tls_ciphers: settings.defaultListenerCiphers,
  tls_versions: settings.defaultListenerTlsVersions,
  alpn_protocols: settings.defaultListenerAlpnProtocols,
});

/** The listener that the fields ask for; the commit gives it its peer port. */
export const draftListener = (place: Place, fields: ListenerFields, settings: ApiSettings): Listener => {
  const tls = fields.protocol === ListenerProtocol.TERMINATED_HTTPS ? defaultTlsOptions(settings) : WITHOUT_TLS;
  return {
    ...newObject(place, fields),
    name: fields.name ?? '',
    description: fields.description ?? '',
    protocol: fields.protocol,
    protocol_port: fields.protocol_port,
    connection_limit: fields.connection_limit ?? -1,
    default_pool_id: fields.default_pool_id ?? null,
    tls_certificate_id: fields.default_tls_container_ref || null,
    sni_containers: [...new Set(fields.sni_container_refs ?? [])],
    client_ca_tls_certificate_id: fields.client_ca_tls_container_ref || null,
    client_authentication: fields.client_authentication ?? 'NONE',
    client_crl_container_id: fields.client_crl_container_ref || null,
    insert_headers: insertHeaders(fields.insert_headers),
    timeout_client_data: fields.timeout_client_data ?? settings.timeoutClientData,
    timeout_member_connect: fields.timeout_member_connect ?? settings.timeoutMemberConnect,
    timeout_member_data: fields.timeout_member_data ?? settings.timeoutMemberData,
    timeout_tcp_inspect: fields.timeout_tcp_inspect ?? settings.timeoutTcpInspect,
    allowed_cidrs: [...new Set(fields.allowed_cidrs ?? [])],
    tls_ciphers: fields.tls_ciphers ?? tls.tls_ciphers,
    tls_versions: fields.tls_versions ?? tls.tls_versions,
    alpn_protocols: fields.alpn_protocols ?? tls.alpn_protocols,
    hsts_max_age: fields.hsts_max_age ?? null,
    hsts_include_subdomains: fields.hsts_include_subdomains ?? false,
    hsts_preload: fields.hsts_preload ?? false,
    peer_port: 0,
  };
};
