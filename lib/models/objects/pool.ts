import type { NamedObject } from '../base.ts';
import type { AlpnProtocol, TlsVersion } from './listener.ts';
import type { VnicType } from './load-balancer.ts';

export const PoolProtocol = Object.freeze({
  TCP: 'TCP',
  HTTP: 'HTTP',
  HTTPS: 'HTTPS',
  PROXY: 'PROXY',
  PROXYV2: 'PROXYV2',
  UDP: 'UDP',
  SCTP: 'SCTP',
});
export type PoolProtocol = (typeof PoolProtocol)[keyof typeof PoolProtocol];

export const LB_ALGORITHMS = ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT'] as const;
export type LbAlgorithm = (typeof LB_ALGORITHMS)[number];

export const PERSISTENCE_TYPES = ['SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE'] as const;

export interface SessionPersistence {
  readonly type: (typeof PERSISTENCE_TYPES)[number];
  readonly cookie_name: string | null;
  /** Seconds; UDP and SCTP only. */
  readonly persistence_timeout: number | null;
  /** A netmask or prefix length; UDP and SCTP only. */
  readonly persistence_granularity: string | null;
}

export interface Pool extends NamedObject {
  readonly load_balancer_id: string;
  readonly protocol: PoolProtocol;
  readonly lb_algorithm: LbAlgorithm;
  readonly description: string;
  readonly enabled: boolean;
  readonly session_persistence: SessionPersistence | null;
  readonly tls_enabled: boolean;
  readonly tls_certificate_id: string | null;
  readonly ca_tls_certificate_id: string | null;
  readonly crl_container_id: string | null;
  readonly tls_ciphers: string | null;
  readonly tls_versions: readonly TlsVersion[] | null;
  readonly alpn_protocols: readonly AlpnProtocol[] | null;
}

export interface Member extends NamedObject {
  readonly load_balancer_id: string;
  readonly pool_id: string;
  readonly ip_address: string;
  readonly protocol_port: number;
  /** 0 to 256; 0 drains. */
  readonly weight: number;
  readonly backup: boolean;
  readonly subnet_id: string | null;
  readonly monitor_address: string | null;
  readonly monitor_port: number | null;
  readonly enabled: boolean;
  readonly vnic_type: VnicType;
}

export const HealthMonitorType = Object.freeze({
  HTTP: 'HTTP',
  HTTPS: 'HTTPS',
  PING: 'PING',
  TCP: 'TCP',
  TLS_HELLO: 'TLS-HELLO',
  UDP_CONNECT: 'UDP-CONNECT',
  SCTP: 'SCTP',
});
export type HealthMonitorType = (typeof HealthMonitorType)[keyof typeof HealthMonitorType];

export interface HealthMonitor extends NamedObject {
  readonly load_balancer_id: string;
  readonly pool_id: string;
  readonly type: HealthMonitorType;
  /** Seconds; likewise the next. */
  readonly delay: number;
  readonly timeout: number;
  readonly rise_threshold: number;
  readonly fall_threshold: number;
  readonly http_method: string | null;
  readonly url_path: string | null;
  /** "200", "200, 201" or "200-204". */
  readonly expected_codes: string | null;
  readonly http_version: number | null;
  readonly domain_name: string | null;
  readonly enabled: boolean;
}
