import { ConfigurationError } from './errors/configuration.ts';

/**
 * The only reader of the environment. Each group is read when the first caller asks for it, so that a function fails
 * at its start, by the name of the setting, for the settings it needs and no others. An empty value is not set.
 */

const text = (setting: string, fallback?: string): string => {
  const value = process.env[setting] || fallback;
  if (value === undefined) throw new ConfigurationError(setting, 'is required and not set');
  return value;
};

const optional = (setting: string): string | null => process.env[setting] || null;

const list = (setting: string): readonly string[] =>
  (process.env[setting] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const integer = (setting: string, fallback: number, minimum = 0): number => {
  const value = process.env[setting];
  if (value === undefined || value === '') return fallback;
  const number = Number(value);
  if (!Number.isInteger(number) || number < minimum) {
    throw new ConfigurationError(setting, `must be a whole number of at least ${minimum}, is "${value}"`);
  }
  return number;
};

const flag = (setting: string, fallback: boolean): boolean => {
  const value = process.env[setting];
  if (value === undefined || value === '') return fallback;
  if (value !== 'true' && value !== 'false') {
    throw new ConfigurationError(setting, `must be true or false, is "${value}"`);
  }
  return value === 'true';
};

const oneOf = <T extends string>(setting: string, values: readonly T[], fallback: T): T => {
  const value = process.env[setting];
  if (value === undefined || value === '') return fallback;
  const known = values.find((candidate) => candidate === value);
  if (known === undefined) throw new ConfigurationError(setting, `must be one of ${values.join(', ')}, is "${value}"`);
  return known;
};

const once = <T>(read: () => T): (() => T) => {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: read() };
    return value.of;
  };
};

export const tableConfig = once(() => ({
  tableName: text('TABLE_NAME', 'deploy-worker'),
  /** An endpoint other than AWS's own, for the local stack and DynamoDB Local. */
  endpoint: optional('DYNAMODB_ENDPOINT'),
}));

export const executionConfig = once(() => ({
  /** ARN of a state machine without its flow name: `<prefix><flow>`. */
  stateMachineArnPrefix: text('STATE_MACHINE_ARN_PREFIX'),
  endpoint: optional('STEP_FUNCTIONS_ENDPOINT'),
}));

/** How the worker itself signs in to the cloud: a clouds.yaml entry, or the OS_* variables. */
export const identityConfig = once(() => ({
  cloud: optional('OS_CLOUD'),
  /** Path of clouds.yaml; the usual places are tried when it is not set. */
  cloudsFile: optional('OS_CLIENT_CONFIG_FILE'),
  /** Secrets Manager id of a clouds.yaml; used instead of a file when set. */
  cloudsSecret: optional('OS_CLOUDS_SECRET'),
  home: optional('HOME'),
  environment: {
    authUrl: optional('OS_AUTH_URL'),
    username: optional('OS_USERNAME'),
    password: optional('OS_PASSWORD'),
    userDomainName: optional('OS_USER_DOMAIN_NAME'),
    projectName: optional('OS_PROJECT_NAME'),
    projectDomainName: optional('OS_PROJECT_DOMAIN_NAME'),
    applicationCredentialId: optional('OS_APPLICATION_CREDENTIAL_ID'),
    applicationCredentialSecret: optional('OS_APPLICATION_CREDENTIAL_SECRET'),
    regionName: optional('OS_REGION_NAME'),
    interface: optional('OS_INTERFACE'),
    caFile: optional('OS_CACERT'),
  },
}));

export const cloudHttpConfig = once(() => ({
  /** Milliseconds a single request to an OpenStack service may take. */
  requestTimeout: integer('CLOUD_REQUEST_TIMEOUT_MS', 30_000, 100),
  /** Milliseconds to connect. */
  connectTimeout: integer('CLOUD_CONNECT_TIMEOUT_MS', 5_000, 100),
}));

export const computeConfig = once(() => ({
  ampFlavorId: text('AMP_FLAVOR_ID'),
  ampImageTag: text('AMP_IMAGE_TAG'),
  /** Only images of this project count; recommended, since anyone may tag a shared image. */
  ampImageOwnerId: optional('AMP_IMAGE_OWNER_ID'),
  ampSshKeyName: optional('AMP_SSH_KEY_NAME'),
  ampTimezone: text('AMP_TIMEZONE', 'UTC'),
  /** Management networks; the first one gives the address the agent is called at. */
  ampBootNetworkList: list('AMP_BOOT_NETWORK_LIST'),
  /** Security groups of the management port; they must let tcp/9443 in. */
  ampSecgroupList: list('AMP_SECGROUP_LIST'),
  availabilityZone: optional('NOVA_AVAILABILITY_ZONE'),
  enableAntiAffinity: flag('NOVA_ENABLE_ANTI_AFFINITY', false),
  antiAffinityPolicy: oneOf('NOVA_ANTI_AFFINITY_POLICY', ['anti-affinity', 'soft-anti-affinity'], 'anti-affinity'),
}));

export const workerConfig = once(() => ({
  loadbalancerTopology: oneOf('LOADBALANCER_TOPOLOGY', ['SINGLE', 'ACTIVE_STANDBY'], 'SINGLE'),
  /** True: a busy load balancer refuses every further change with 409, as upstream does. */
  strictImmutable: flag('STRICT_IMMUTABLE', false),
}));

export const networkConfig = once(() => ({
  /** Networks a VIP may be in; empty allows all. */
  validVipNetworks: list('VALID_VIP_NETWORKS'),
  denylistVipNetworks: list('DENYLIST_VIP_NETWORKS'),
  reservedIps: process.env.RESERVED_IPS === undefined ? ['169.254.169.254'] : list('RESERVED_IPS'),
  /** Seconds a port may take to leave a server. */
  portDetachTimeout: integer('PORT_DETACH_TIMEOUT', 300, 1),
  allowVipNetworkId: flag('ALLOW_VIP_NETWORK_ID', true),
  allowVipSubnetId: flag('ALLOW_VIP_SUBNET_ID', true),
  allowVipPortId: flag('ALLOW_VIP_PORT_ID', true),
}));

/** Each is the path of a PEM file, or `secret:<Secrets Manager id>`. */
export const certificateConfig = once(() => ({
  /** Signs the amphorae's server certificates. */
  serverCa: text('SERVER_CA_CERTIFICATE'),
  serverCaKey: text('SERVER_CA_PRIVATE_KEY'),
  serverCaKeyPassphrase: optional('SERVER_CA_PRIVATE_KEY_PASSPHRASE'),
  /** What amphorae check the worker's client certificate against. */
  clientCa: text('CLIENT_CA_CERTIFICATE'),
  /** The worker's client certificate and key in one PEM. */
  clientCertificate: text('CLIENT_CERTIFICATE'),
  /** Seconds an amphora's certificate is valid. */
  certValidityTime: integer('CERT_VALIDITY_TIME', 2_592_000, 60),
}));

export const amphoraConfig = once(() => ({
  agentPort: integer('AMPHORA_BIND_PORT', 9443, 1),
  /** Milliseconds to connect to an agent, and to wait for its answer. */
  connectTimeout: integer('AMPHORA_CONNECT_TIMEOUT_MS', 5_000, 50),
  readTimeout: integer('AMPHORA_READ_TIMEOUT_MS', 60_000, 100),
  /** Interface that link-local agent addresses belong to. */
  lbNetworkInterface: text('LB_NETWORK_INTERFACE', 'o-hm0'),
  basePath: text('AMPHORA_BASE_PATH', '/var/lib/octavia'),
  baseCertDir: text('AMPHORA_BASE_CERT_DIR', '/var/lib/octavia/certs'),
  haproxyCmd: text('AMPHORA_HAPROXY_CMD', '/usr/sbin/haproxy'),
  agentServerNetworkDir: optional('AMPHORA_AGENT_SERVER_NETWORK_DIR'),
  agentRequestReadTimeout: integer('AMPHORA_AGENT_REQUEST_READ_TIMEOUT', 180, 1),
  agentTlsProtocol: text('AMPHORA_AGENT_TLS_PROTOCOL', 'TLSv1.2'),
  userLogFacility: integer('USER_LOG_FACILITY', 0),
  administrativeLogFacility: integer('ADMINISTRATIVE_LOG_FACILITY', 1),
  connectionLogging: flag('CONNECTION_LOGGING', true),
  defaultConnectionLimit: integer('DEFAULT_CONNECTION_LIMIT', 50_000, 1),
  haproxyStickSize: text('HAPROXY_STICK_SIZE', '10k'),
}));

export const healthConfig = once(() => ({
  heartbeatKey: text('HEARTBEAT_KEY'),
  /** Seconds between the heartbeats of an amphora. */
  heartbeatInterval: integer('HEARTBEAT_INTERVAL', 10, 1),
  /** "address:port" of every receiver. */
  controllerIpPortList: list('CONTROLLER_IP_PORT_LIST'),
}));

export const apiConfig = once(() => ({
  /** keystone, or noauth: every caller is an administrator, for closed test networks only. */
  authStrategy: oneOf('AUTH_STRATEGY', ['keystone', 'noauth'], 'keystone'),
  /** Base of the links in answers; taken from the request when not set. */
  apiBaseUri: optional('API_BASE_URI'),
  paginationMaxLimit: integer('PAGINATION_MAX_LIMIT', 1000, 1),
  /** Seconds a validated token is trusted without asking Keystone again. */
  tokenCacheSeconds: integer('TOKEN_CACHE_SECONDS', 60),
}));

export const logConfig = once(() => ({
  level: oneOf('LOG_LEVEL', ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'], 'INFO'),
}));
