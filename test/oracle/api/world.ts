import { readFileSync } from 'node:fs';
import { SETTINGS } from '../../unit/functions/api/support/api.ts';

/** What both sides find in the cloud and in their settings. */

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const pem = (name: string): string =>
  readFileSync(new URL(`../../fixtures/certificates/${name}`, import.meta.url), 'utf8');
const secretRef = (number: number): string => `http://keys.example/v1/secrets/${uuid(number)}`;

export const VIP_NETWORK = uuid(1);
export const MEMBER_NETWORK = uuid(2);
export const SUBNETS = [
  { id: uuid(11), networkId: VIP_NETWORK, cidr: '10.1.0.0/24' },
  { id: uuid(12), networkId: VIP_NETWORK, cidr: '2001:db8:1::/64' },
  { id: uuid(13), networkId: MEMBER_NETWORK, cidr: '10.2.0.0/24' },
] as const;
export const [VIP_SUBNET, VIP_SUBNET_V6, MEMBER_SUBNET] = SUBNETS;
/** Tenants' own ports: a free one, one with two addresses, and one that a server has. */
export const PORTS = [
  { id: uuid(21), fixedIps: [{ subnetId: VIP_SUBNET.id, ipAddress: '10.1.0.21' }], deviceId: '' },
  {
    id: uuid(22),
    fixedIps: [
      { subnetId: VIP_SUBNET.id, ipAddress: '10.1.0.22' },
      { subnetId: VIP_SUBNET_V6.id, ipAddress: '2001:db8:1::22' },
    ],
    deviceId: '',
  },
  { id: uuid(23), fixedIps: [{ subnetId: VIP_SUBNET.id, ipAddress: '10.1.0.23' }], deviceId: 'server' },
].map((port) => ({ ...port, networkId: VIP_NETWORK }));
export const QOS_POLICY = uuid(31);
export const SECURITY_GROUPS = [uuid(41), uuid(42)] as const;
export const MISSING_ID = uuid(99);

export interface Secret {
  readonly certificate?: string;
  readonly key?: string;
  readonly text?: string;
}
export const CERTIFICATE_REFS = [secretRef(51), secretRef(52)] as const;
export const CA_REF = secretRef(53);
export const CRL_REF = secretRef(54);
export const OTHER_CRL_REF = secretRef(55);
export const MISSING_REF = secretRef(98);
const pair: Secret = { certificate: pem('leaf.pem'), key: pem('leaf-key.pem') };
export const SECRETS: Readonly<Record<string, Secret>> = {
  [CERTIFICATE_REFS[0]]: pair,
  [CERTIFICATE_REFS[1]]: pair,
  [CA_REF]: { text: pem('root.pem') },
  [CRL_REF]: { text: pem('root-crl.pem') },
  [OTHER_CRL_REF]: { text: pem('other-crl.pem') },
};
export const CHOICES = { flavors: ['large'], zones: ['east'], images: ['next'] } as const;

/** The requester. A null project is a token of the whole system; null altogether is no token. */
export const IDENTITIES = {
  member: { project: 'a'.repeat(32), roles: ['member', 'reader'] },
  reader: { project: 'a'.repeat(32), roles: ['reader'] },
  stranger: { project: 'b'.repeat(32), roles: ['member', 'reader'] },
  outsider: { project: 'a'.repeat(32), roles: ['unknown'] },
  admin: { project: 'c'.repeat(32), roles: ['admin', 'member', 'reader'] },
  service: { project: 'd'.repeat(32), roles: ['service'] },
  auditor: { project: null, roles: ['reader'] },
  nobody: null,
} as const;
export type Identity = keyof typeof IDENTITIES;
export const PROJECT = IDENTITIES.member.project;
export const OTHER_PROJECT = IDENTITIES.stranger.project;

/** The settings of our tests, by upstream's names. */
export const UPSTREAM_SETTINGS = {
  api_settings: {
    allow_tls_terminated_listeners: SETTINGS.allowTlsTerminatedListeners,
    allow_prometheus_listeners: SETTINGS.allowPrometheusListeners,
    allow_ping_health_monitors: SETTINGS.allowPingHealthMonitors,
    default_listener_ciphers: SETTINGS.defaultListenerCiphers,
    default_pool_ciphers: SETTINGS.defaultPoolCiphers,
    default_listener_tls_versions: SETTINGS.defaultListenerTlsVersions,
    default_pool_tls_versions: SETTINGS.defaultPoolTlsVersions,
    default_listener_alpn_protocols: SETTINGS.defaultListenerAlpnProtocols,
    default_pool_alpn_protocols: SETTINGS.defaultPoolAlpnProtocols,
    tls_cipher_prohibit_list: SETTINGS.tlsCipherProhibitList.join(':'),
    minimum_tls_version: SETTINGS.minimumTlsVersion,
    udp_connect_min_interval_health_monitor: SETTINGS.udpConnectMinIntervalHealthMonitor,
    pagination_max_limit: String(SETTINGS.paginationMaxLimit),
    healthcheck_enabled: SETTINGS.healthcheckEnabled,
  },
  haproxy_amphora: {
    timeout_client_data: SETTINGS.timeoutClientData,
    timeout_member_connect: SETTINGS.timeoutMemberConnect,
    timeout_member_data: SETTINGS.timeoutMemberData,
    timeout_tcp_inspect: SETTINGS.timeoutTcpInspect,
  },
};
