import type { NamedObject } from '../base.ts';

export const ListenerProtocol = Object.freeze({
  TCP: 'TCP',
  HTTP: 'HTTP',
  HTTPS: 'HTTPS',
  TERMINATED_HTTPS: 'TERMINATED_HTTPS',
  UDP: 'UDP',
  SCTP: 'SCTP',
  PROMETHEUS: 'PROMETHEUS',
});
export type ListenerProtocol = (typeof ListenerProtocol)[keyof typeof ListenerProtocol];

/** A listener or pool that keepalived serves; all others are haproxy's. */
export const isLvs = ({ protocol }: { readonly protocol: string }): boolean =>
  protocol === ListenerProtocol.UDP || protocol === ListenerProtocol.SCTP;

export const TLS_VERSIONS = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

export const ALPN_PROTOCOLS = ['h2', 'http/1.1', 'http/1.0'] as const;
export type AlpnProtocol = (typeof ALPN_PROTOCOLS)[number];

export const CLIENT_AUTHENTICATIONS = ['NONE', 'OPTIONAL', 'MANDATORY'] as const;
export type ClientAuthentication = (typeof CLIENT_AUTHENTICATIONS)[number];

export const INSERT_HEADERS = [
  'X-Forwarded-For',
  'X-Forwarded-Port',
  'X-Forwarded-Proto',
  'X-SSL-Client-Verify',
  'X-SSL-Client-Has-Cert',
  'X-SSL-Client-DN',
  'X-SSL-Client-CN',
  'X-SSL-Issuer',
  'X-SSL-Client-SHA1',
  'X-SSL-Client-Not-Before',
  'X-SSL-Client-Not-After',
] as const;
export type InsertHeader = (typeof INSERT_HEADERS)[number];

export interface Listener extends NamedObject {
  readonly load_balancer_id: string;
  readonly protocol: ListenerProtocol;
  readonly protocol_port: number;
  readonly description: string;
  readonly enabled: boolean;
  /** -1 is "no limit of its own". */
  readonly connection_limit: number;
  readonly default_pool_id: string | null;
  /** A key manager reference; likewise the next four. */
  readonly tls_certificate_id: string | null;
  readonly sni_containers: readonly string[];
  readonly client_ca_tls_certificate_id: string | null;
  readonly client_authentication: ClientAuthentication;
  readonly client_crl_container_id: string | null;
  readonly insert_headers: Readonly<Partial<Record<InsertHeader, string>>>;
  /** Milliseconds; likewise the next three. */
  readonly timeout_client_data: number;
  readonly timeout_member_connect: number;
  readonly timeout_member_data: number;
  readonly timeout_tcp_inspect: number;
  /** Empty means any source. */
  readonly allowed_cidrs: readonly string[];
  /** null and empty leave the choice to haproxy; likewise the next two. */
  readonly tls_ciphers: string | null;
  readonly tls_versions: readonly TlsVersion[] | null;
  readonly alpn_protocols: readonly AlpnProtocol[] | null;
  /** Seconds; null leaves the header out. */
  readonly hsts_max_age: number | null;
  readonly hsts_include_subdomains: boolean;
  readonly hsts_preload: boolean;
  readonly peer_port: number;
}
