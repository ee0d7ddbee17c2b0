import { ConfigurationError } from '../errors/configuration.ts';
import { group } from './group.ts';
import { absolutePath, address, addressWithPort, size, timezone, url } from './rules.ts';
import { flag, integer, list, oneOf, optional, optionalOneOf, someOf, text } from './setting.ts';

/**
 * The table of settings, and the only reader of the environment. Each group is read when the first caller asks for it,
 * so that a function fails at its start, by the name of the setting, for the settings it needs and no others. An empty
 * value is not set. `settingProblems` checks all of them at once.
 */

/** Old to new. */
const TLS_VERSIONS = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

const heartbeatKey = /* @__PURE__ */ text('HEARTBEAT_KEY', null, { secret: true });
/** Seconds between the heartbeats of an amphora. */
const heartbeatInterval = /* @__PURE__ */ integer('HEARTBEAT_INTERVAL', 10, 1, { unit: 'seconds' });
/** "address:port" of every receiver. */
const controllerIpPortList = /* @__PURE__ */ list('CONTROLLER_IP_PORT_LIST', null, { rule: addressWithPort });
const certValidityTime = /* @__PURE__ */ integer('CERT_VALIDITY_TIME', 2_592_000, 60, { unit: 'seconds' });

export const tableConfig = /* @__PURE__ */ group(() => ({
  tableName: text('TABLE_NAME', 'deploy-worker'),
  /** An endpoint other than AWS's own, for the local stack and DynamoDB Local. */
  endpoint: optional('DYNAMODB_ENDPOINT', { rule: url }),
}));

export const executionConfig = /* @__PURE__ */ group(() => ({
  /** ARN of a state machine without its flow name: `<prefix><flow>`. */
  stateMachineArnPrefix: text('STATE_MACHINE_ARN_PREFIX'),
  endpoint: optional('STEP_FUNCTIONS_ENDPOINT', { rule: url }),
}));

/** The OS_* variables, for where there is no clouds.yaml. */
export const openstackConfig = /* @__PURE__ */ group(() => ({
  authUrl: optional('OS_AUTH_URL', { rule: url }),
  username: optional('OS_USERNAME'),
  password: optional('OS_PASSWORD', { secret: true }),
  userDomainName: optional('OS_USER_DOMAIN_NAME'),
  projectName: optional('OS_PROJECT_NAME'),
  projectDomainName: optional('OS_PROJECT_DOMAIN_NAME'),
  applicationCredentialId: optional('OS_APPLICATION_CREDENTIAL_ID'),
  applicationCredentialSecret: optional('OS_APPLICATION_CREDENTIAL_SECRET', { secret: true }),
  regionName: optional('OS_REGION_NAME'),
  interface: optional('OS_INTERFACE'),
  caFile: optional('OS_CACERT'),
}));

/** Where the clouds.yaml entry is that the worker signs in with. */
export const signInConfig = /* @__PURE__ */ group(() => ({
  cloud: optional('OS_CLOUD'),
  /** Path of clouds.yaml; the usual places are tried when it is not set. */
  cloudsFile: optional('OS_CLIENT_CONFIG_FILE'),
  /** Secrets Manager id of a clouds.yaml; used instead of a file when set. */
  cloudsSecret: optional('OS_CLOUDS_SECRET'),
  home: optional('HOME'),
}));

/** How the worker itself signs in to the cloud: a clouds.yaml entry, or the OS_* variables. */
export const identityConfig = () => ({ ...signInConfig(), environment: openstackConfig() });

export const cloudHttpConfig = /* @__PURE__ */ group(() => ({
  /** Milliseconds a single request to an OpenStack service may take. */
  requestTimeout: integer('CLOUD_REQUEST_TIMEOUT_MS', 30_000, 100, { unit: 'milliseconds' }),
  /** Milliseconds to connect. */
  connectTimeout: integer('CLOUD_CONNECT_TIMEOUT_MS', 5_000, 100, { unit: 'milliseconds' }),
}));

export const computeConfig = /* @__PURE__ */ group(() => ({
  ampFlavorId: text('AMP_FLAVOR_ID'),
  ampImageTag: text('AMP_IMAGE_TAG', 'amphora'),
  /** Only images of this project count; recommended, since anyone may tag a shared image. */
  ampImageOwnerId: optional('AMP_IMAGE_OWNER_ID'),
  ampSshKeyName: optional('AMP_SSH_KEY_NAME'),
  ampTimezone: text('AMP_TIMEZONE', 'UTC', { rule: timezone }),
  /** Management networks; the first one gives the address the agent is called at. */
  ampBootNetworkList: list('AMP_BOOT_NETWORK_LIST'),
  /** Security groups of the management port; they must let tcp/9443 in. */
  ampSecgroupList: list('AMP_SECGROUP_LIST'),
  availabilityZone: optional('NOVA_AVAILABILITY_ZONE'),
  enableAntiAffinity: flag('NOVA_ENABLE_ANTI_AFFINITY', false),
  antiAffinityPolicy: oneOf('NOVA_ANTI_AFFINITY_POLICY', ['anti-affinity', 'soft-anti-affinity'], 'anti-affinity'),
}));

export const workerConfig = /* @__PURE__ */ group(() => ({
  loadbalancerTopology: oneOf('LOADBALANCER_TOPOLOGY', ['SINGLE', 'ACTIVE_STANDBY'], 'SINGLE'),
  /** True: a busy load balancer refuses every further change with 409, as upstream does. */
  strictImmutable: flag('STRICT_IMMUTABLE', false),
}));

export const networkConfig = /* @__PURE__ */ group(() => ({
  /** Networks a VIP may be in; empty allows all. */
  validVipNetworks: list('VALID_VIP_NETWORKS'),
  denylistVipNetworks: list('DENYLIST_VIP_NETWORKS'),
  reservedIps: list('RESERVED_IPS', '169.254.169.254', { rule: address, empty: true }),
  /** Seconds a port may take to leave a server. */
  portDetachTimeout: integer('PORT_DETACH_TIMEOUT', 300, 1, { unit: 'seconds' }),
  allowVipNetworkId: flag('ALLOW_VIP_NETWORK_ID', true),
  allowVipSubnetId: flag('ALLOW_VIP_SUBNET_ID', true),
  allowVipPortId: flag('ALLOW_VIP_PORT_ID', true),
}));

/** Each is the path of a PEM file, or `secret:<Secrets Manager id>`. */
export const certificateConfig = /* @__PURE__ */ group(() => ({
  /** Signs the amphorae's server certificates. */
  serverCa: text('SERVER_CA_CERTIFICATE'),
  serverCaKey: text('SERVER_CA_PRIVATE_KEY'),
  serverCaKeyPassphrase: optional('SERVER_CA_PRIVATE_KEY_PASSPHRASE', { secret: true }),
  /** What amphorae check the worker's client certificate against. */
  clientCa: text('CLIENT_CA_CERTIFICATE'),
  /** The worker's client certificate and key in one PEM. */
  clientCertificate: text('CLIENT_CERTIFICATE'),
  /** Seconds an amphora's certificate is valid. */
  certValidityTime,
}));

export const amphoraConfig = /* @__PURE__ */ group(() => ({
  agentPort: integer('AMPHORA_BIND_PORT', 9443, 1, { maximum: 65_535 }),
  /** Milliseconds to connect to an agent, and to wait for its answer. */
  connectTimeout: integer('AMPHORA_CONNECT_TIMEOUT_MS', 5_000, 50, { unit: 'milliseconds' }),
  readTimeout: integer('AMPHORA_READ_TIMEOUT_MS', 60_000, 100, { unit: 'milliseconds' }),
  /** Interface that link-local agent addresses belong to. */
  lbNetworkInterface: text('LB_NETWORK_INTERFACE', 'o-hm0'),
  basePath: text('AMPHORA_BASE_PATH', '/var/lib/octavia', { rule: absolutePath }),
  baseCertDir: text('AMPHORA_BASE_CERT_DIR', '/var/lib/octavia/certs', { rule: absolutePath }),
  haproxyCmd: text('AMPHORA_HAPROXY_CMD', '/usr/sbin/haproxy', { rule: absolutePath }),
  agentServerNetworkDir: optional('AMPHORA_AGENT_SERVER_NETWORK_DIR'),
  agentRequestReadTimeout: integer('AMPHORA_AGENT_REQUEST_READ_TIMEOUT', 180, 1, { unit: 'seconds' }),
  /** The lowest version of TLS with agents. No agent starts with TLSv1.3: Python's ssl has no protocol of that name. */
  agentTlsProtocol: oneOf('AMPHORA_AGENT_TLS_PROTOCOL', ['TLSv1', 'TLSv1.1', 'TLSv1.2'], 'TLSv1.2'),
  userLogFacility: integer('USER_LOG_FACILITY', 0, 0, { maximum: 7 }),
  administrativeLogFacility: integer('ADMINISTRATIVE_LOG_FACILITY', 1, 0, { maximum: 7 }),
  connectionLogging: flag('CONNECTION_LOGGING', true),
  defaultConnectionLimit: integer('DEFAULT_CONNECTION_LIMIT', 50_000, 1),
  haproxyStickSize: text('HAPROXY_STICK_SIZE', '10k', { rule: size }),
}));

export const healthConfig = /* @__PURE__ */ group(() => ({
  heartbeatKey,
  /** Seconds between the heartbeats of an amphora. */
  heartbeatInterval,
  /** "address:port" of every receiver. */
  controllerIpPortList,
}));

/** When an amphora counts as failed; for the receivers and for the function that looks after alarms. */
export const detectionConfig = /* @__PURE__ */ group(() => ({
  heartbeatInterval,
  /** Seconds of silence after which an amphora has failed, whatever a probe says. */
  heartbeatTimeout: integer('HEARTBEAT_TIMEOUT', 60, 1, { unit: 'seconds' }),
  /** Heartbeats that may be missing in a row before an amphora is probed. */
  missedHeartbeats: integer('HEARTBEAT_MISSED_BEATS', 2, 1),
  /** Seconds between two sweeps for stale amphorae. */
  checkInterval: integer('HEALTH_CHECK_INTERVAL', 3, 1, { unit: 'seconds' }),
  /** Amphorae stale at once in one zone from which on nothing is failed over there; 0 for never. */
  failoverThreshold: integer('FAILOVER_THRESHOLD', 10),
  /** Percent of the zone's amphorae that this must be besides. */
  failoverThresholdPercent: integer('FAILOVER_THRESHOLD_PERCENT', 20, 0, { maximum: 100, unit: 'percent' }),
  controllerIpPortList,
}));

/** What a heartbeat receiver needs besides. */
export const receiverConfig = /* @__PURE__ */ group(() => ({
  heartbeatKey,
  /** The key that amphorae may still sign with while the key changes. */
  heartbeatPreviousKey: optional('HEARTBEAT_PREVIOUS_KEY', { secret: true }),
  bindIp: text('HEARTBEAT_BIND_IP', '0.0.0.0', { rule: address }),
  bindPort: integer('HEARTBEAT_BIND_PORT', 5555, 0, { maximum: 65_535 }),
  /** TCP port of its HTTP health endpoint; 0 for none. */
  healthPort: integer('HEARTBEAT_HEALTH_PORT', 0, 0, { maximum: 65_535 }),
  /** Bytes of the socket's receive buffer; 0 leaves it to the system. */
  sockRlimit: integer('SOCK_RLIMIT', 0, 0, { unit: 'bytes' }),
  /** Heartbeats that may wait; of more than that the oldest are dropped. */
  queueLimit: integer('HEARTBEAT_QUEUE_LIMIT', 5_000, 1),
}));

export const eventConfig = /* @__PURE__ */ group(() => ({
  /** An endpoint other than EventBridge's own, for the local stack. */
  endpoint: optional('EVENT_BUS_ENDPOINT', { rule: url }),
}));

/** Upstream's two sets of policies: with Keystone's own roles, and with the load balancer service's. */
export const POLICY_SETS = ['keystone_default', 'advanced'] as const;
export type PolicySet = (typeof POLICY_SETS)[number];

export const apiConfig = /* @__PURE__ */ group(() => ({
  /** keystone, or noauth: every caller is an administrator, for closed test networks only. */
  authStrategy: oneOf('AUTH_STRATEGY', ['keystone', 'noauth'], 'keystone'),
  /** Whose roles count: keystone_default (reader, member, admin), or advanced (load-balancer_*). */
  policySet: oneOf('POLICY_SET', POLICY_SETS, 'keystone_default'),
  /** One of these makes the token in X-Service-Token a service's. */
  serviceTokenRoles: list('SERVICE_TOKEN_ROLES', 'service'),
  /** Base of the links in answers; taken from the request when not set. */
  apiBaseUri: optional('API_BASE_URI', { rule: url }),
  /** Whether GET /healthcheck is there, which needs no token. */
  healthcheckEnabled: flag('HEALTHCHECK_ENABLED', false),
  paginationMaxLimit: integer('PAGINATION_MAX_LIMIT', 1000, 1),
  /** Seconds that what Keystone says of a token holds without asking again. */
  tokenCacheSeconds: integer('TOKEN_CACHE_SECONDS', 60, 0, { unit: 'seconds' }),
  allowTlsTerminatedListeners: flag('ALLOW_TLS_TERMINATED_LISTENERS', true),
  allowPrometheusListeners: flag('ALLOW_PROMETHEUS_LISTENERS', true),
  allowPingHealthMonitors: flag('ALLOW_PING_HEALTH_MONITORS', true),
  /** Seconds that the delay of a UDP-CONNECT health monitor must have at least; 0 for none. */
  udpConnectMinIntervalHealthMonitor: integer('UDP_CONNECT_MIN_INTERVAL_HEALTH_MONITOR', 3, 0, { unit: 'seconds' }),
}));

/** Milliseconds for a listener that gives none of its own, or 0. */
export const timeoutConfig = /* @__PURE__ */ group(() => ({
  timeoutClientData: integer('TIMEOUT_CLIENT_DATA', 50_000, 0, { unit: 'milliseconds' }),
  timeoutMemberConnect: integer('TIMEOUT_MEMBER_CONNECT', 5_000, 0, { unit: 'milliseconds' }),
  timeoutMemberData: integer('TIMEOUT_MEMBER_DATA', 50_000, 0, { unit: 'milliseconds' }),
  timeoutTcpInspect: integer('TIMEOUT_TCP_INSPECT', 0, 0, { unit: 'milliseconds' }),
}));

/** How many of each a project may have that has no limits of its own; -1 for any number. */
export const quotaConfig = /* @__PURE__ */ group(() => ({
  load_balancer: integer('DEFAULT_LOAD_BALANCER_QUOTA', -1, -1),
  listener: integer('DEFAULT_LISTENER_QUOTA', -1, -1),
  pool: integer('DEFAULT_POOL_QUOTA', -1, -1),
  member: integer('DEFAULT_MEMBER_QUOTA', -1, -1),
  health_monitor: integer('DEFAULT_HEALTH_MONITOR_QUOTA', -1, -1),
  l7policy: integer('DEFAULT_L7POLICY_QUOTA', -1, -1),
  l7rule: integer('DEFAULT_L7RULE_QUOTA', -1, -1),
}));

const ALPN_PROTOCOLS = ['h2', 'http/1.1', 'http/1.0'] as const;
/** OWASP's "B": broad compatibility without what is weak. */
const SUITE_B = /* @__PURE__ */ [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
  'DHE-RSA-CHACHA20-POLY1305',
].join(':');

/** What TLS objects have that give nothing, and what they may ask for. The defaults must be among what may be asked. */
export const tlsConfig = /* @__PURE__ */ group(
  () => ({
    /** What a TLS listener has that gives none: an OpenSSL cipher string. */
    defaultListenerCiphers: text('DEFAULT_LISTENER_CIPHERS', SUITE_B),
    defaultPoolCiphers: text('DEFAULT_POOL_CIPHERS', SUITE_B),
    defaultListenerTlsVersions: someOf('DEFAULT_LISTENER_TLS_VERSIONS', TLS_VERSIONS, ['TLSv1.2', 'TLSv1.3']),
    defaultPoolTlsVersions: someOf('DEFAULT_POOL_TLS_VERSIONS', TLS_VERSIONS, ['TLSv1.2', 'TLSv1.3']),
    defaultListenerAlpnProtocols: someOf('DEFAULT_LISTENER_ALPN_PROTOCOLS', ALPN_PROTOCOLS, ALPN_PROTOCOLS),
    defaultPoolAlpnProtocols: someOf('DEFAULT_POOL_ALPN_PROTOCOLS', ALPN_PROTOCOLS, ALPN_PROTOCOLS),
    /** Ciphers that are refused. */
    tlsCipherProhibitList: list('TLS_CIPHER_PROHIBIT_LIST', null, { separator: ':' }),
    /** null: any. */
    minimumTlsVersion: optionalOneOf('MINIMUM_TLS_VERSION', TLS_VERSIONS),
  }),
  (config) => {
    const prohibited = new Set(config.tlsCipherProhibitList);
    for (const ciphers of [config.defaultListenerCiphers, config.defaultPoolCiphers]) {
      const clash = ciphers.split(':').find((cipher) => prohibited.has(cipher));
      if (clash !== undefined) {
        throw new ConfigurationError('TLS_CIPHER_PROHIBIT_LIST', `prohibits the default ${clash}`);
      }
    }
    const { minimumTlsVersion: minimum } = config;
    const lowest = minimum === null ? 0 : TLS_VERSIONS.indexOf(minimum);
    for (const version of [...config.defaultListenerTlsVersions, ...config.defaultPoolTlsVersions]) {
      if (TLS_VERSIONS.indexOf(version) < lowest) {
        throw new ConfigurationError('MINIMUM_TLS_VERSION', `is ${minimum}, above the default ${version}`);
      }
    }
  },
);

/**
 * How many operations may run at the same time; what is above is queued. -1 for any number, 0 lets none begin. A limit
 * of a project does not hold up its failovers.
 */
export const limitConfig = /* @__PURE__ */ group(() => ({
  operations: integer('OPERATION_LIMIT', -1, -1),
  /** Amphorae that are being built. */
  builds: integer('BUILD_RATE_LIMIT', 50, -1),
  failovers: integer('FAILOVER_LIMIT', 10, -1),
  project_operations: integer('PROJECT_OPERATION_LIMIT', -1, -1),
}));

export const housekeepingConfig = /* @__PURE__ */ group(() => ({
  /** Milliseconds a committed operation, or a lock, is left to the request that made it. */
  dispatchGrace: integer('DISPATCH_GRACE_MS', 5_000, 0, { unit: 'milliseconds' }),
  recoveryGrace: integer('RECOVERY_GRACE_MS', 10_000, 0, { unit: 'milliseconds' }),
  /**
   * Locks taken over in one sweep: as many as it has time for. The limits above decide which operations may run at all.
   */
  recoveriesAtOnce: integer('RECOVERIES_AT_ONCE', 200, 1),
  /** Seconds for which something in the cloud must have been seen without an owner before it is deleted. */
  orphanQuarantine: integer('ORPHAN_QUARANTINE', 3_600, 0, { unit: 'seconds' }),
  /** False: what has no owner is only reported. */
  orphanSweepDelete: flag('ORPHAN_SWEEP_DELETE', false),
  /** Seconds for which a deleted load balancer's row is kept. */
  loadBalancerExpiryAge: integer('LOAD_BALANCER_EXPIRY_AGE', 604_800, 0, { unit: 'seconds' }),
  /** Seconds for which a deleted amphora's row is kept since it was deleted, or its last sign of life after that. */
  amphoraExpiryAge: integer('AMPHORA_EXPIRY_AGE', 604_800, 0, { unit: 'seconds' }),
  /** Seconds for which the record of an operation is kept after its end: longer than an idempotency key. */
  operationExpiryAge: integer('OPERATION_EXPIRY_AGE', 2_592_000, 172_800, { unit: 'seconds' }),
}));

/** How amphorae of the whole fleet are replaced, where a roll-out does not say it. */
export const rolloutConfig = /* @__PURE__ */ group(() => ({
  /** Load balancers that are worked on at the same time. */
  atOnce: integer('ROLLOUT_AT_ONCE', 1, 1),
  /** Failed replacements that halt it. */
  maxFailures: integer('ROLLOUT_MAX_FAILURES', 1, 1),
  /** Seconds within which the VIP must be served after a replacement. */
  settleTimeout: integer('ROLLOUT_SETTLE_TIMEOUT', 120, 1, { unit: 'seconds' }),
}));

/** How often the comparison with the cloud continues. */
export const driftConfig = /* @__PURE__ */ group(() => ({
  /** Load balancers that are looked at in one invocation. */
  atOnce: integer('DRIFT_CHECKS_AT_ONCE', 500, 1),
}));

/** Amphorae that are kept for load balancers to come. */
export const spareConfig = /* @__PURE__ */ group(() => ({
  /** How many are kept READY; 0 for none: then none is taken, made or deleted. */
  poolSize: integer('SPARE_AMPHORA_POOL_SIZE', 0),
  /** Seconds after which one is replaced by a new one; 0 for never. */
  maxAge: integer('SPARE_AMPHORA_MAX_AGE', 2_592_000, 0, { unit: 'seconds' }),
}));

/** When amphorae get new certificates. */
export const rotationConfig = /* @__PURE__ */ group(
  () => ({
    /** Seconds before its end from which on a certificate is replaced. */
    expiryBuffer: integer('CERT_EXPIRY_BUFFER', 1_209_600, 1, { unit: 'seconds' }),
    /** Rotations that may be in flight at the same time. */
    atOnce: integer('CERT_ROTATE_THREADS', 10, 1),
    /** True: an amphora whose certificate has expired, and whose agent the worker therefore refuses, is failed over. */
    expiredFailover: flag('CERT_EXPIRED_FAILOVER', false),
  }),
  ({ expiryBuffer }, environment) => {
    if (expiryBuffer < certValidityTime.read(environment)) return;
    throw new ConfigurationError(
      'CERT_EXPIRY_BUFFER',
      `must be less than CERT_VALIDITY_TIME, or every certificate is always due, is ${expiryBuffer}`,
    );
  },
);

/** When agents with other settings are updated. */
export const agentRolloutConfig = /* @__PURE__ */ group(() => ({
  /** Updates that may be in flight at the same time; 0 leaves all agents alone. */
  atOnce: integer('AGENT_CONFIGS_AT_ONCE', 10),
}));

export const logConfig = /* @__PURE__ */ group(() => ({
  level: oneOf('LOG_LEVEL', ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'], 'INFO'),
}));
