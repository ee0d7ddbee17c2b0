import type { Random } from '../random.ts';
import {
  CA_REF,
  CERTIFICATE_REFS,
  CRL_REF,
  MEMBER_SUBNET,
  MISSING_ID,
  MISSING_REF,
  OTHER_CRL_REF,
  PORTS,
  QOS_POLICY,
  SECURITY_GROUPS,
  VIP_NETWORK,
  VIP_SUBNET,
  VIP_SUBNET_V6,
} from '../world.ts';
import type { Kind } from './model.ts';
import { boolean, tags, text } from './values.ts';

type Value = (random: Random) => unknown;

export interface Field {
  readonly value: Value;
  /** How often it is given, where it may be left out. */
  readonly often: number;
  /** false: of POST only. @default true */
  readonly put?: boolean;
}

const often = (probability: number, value: Value, put = true): Field => ({ value, often: probability, put });
const one =
  (...values: readonly unknown[]): Value =>
  (random) =>
    random.pick(values);
/** One of the first list; now and then one of the second, which is refused or odd. */
const usual =
  (good: readonly unknown[], odd: readonly unknown[]): Value =>
  (random) =>
    random.pick(random.odd(0.08) ? odd : good);
/** Some of the first list; now and then with some of the second. */
const some =
  (good: readonly unknown[], odd: readonly unknown[] = []): Value =>
  (random) =>
    random.odd(0.08) ? [...random.some(good), random.pick(odd)] : random.some(good);

const COMMON = {
  name: often(0.6, text),
  admin_state_up: often(0.2, boolean),
  tags: often(0.3, tags),
};
const DESCRIBED = { ...COMMON, description: often(0.2, text) };

const CIPHERS = usual(
  ['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA', 'TLS_AES_256_GCM_SHA384'],
  ['RC4-SHA', 'NO-SUCH-CIPHER', '', 'AES128-SHA:RC4-SHA'],
);
const VERSIONS = some(['TLSv1.1', 'TLSv1.2', 'TLSv1.3'], ['TLSv1', 'SSLv3', 'x']);
const ALPN = some(['h2', 'http/1.1', 'http/1.0'], ['h3', '']);
const CERTIFICATE = usual(CERTIFICATE_REFS, [MISSING_REF, CA_REF, '', 'x']);
const CA = usual([CA_REF], [MISSING_REF, CERTIFICATE_REFS[0], CRL_REF]);
const CRL = usual([CRL_REF], [OTHER_CRL_REF, MISSING_REF, CA_REF]);
const headers =
  (...names: readonly string[]): Value =>
  (random) =>
    Object.fromEntries(random.some(names).map((name) => [name, random.pick(['true', 'true', 'false', 'True'])]));
const CIDRS = some(
  ['10.0.0.0/8', '10.0.0.1/8', '192.0.2.7', '10.0.0.0/255.0.0.0'],
  ['2001:db8::/32', 'x', '10.0.0.0/33'],
);

export const LOAD_BALANCER: Readonly<Record<string, Field>> = {
  ...DESCRIBED,
  vip_qos_policy_id: often(0.15, usual([QOS_POLICY], [MISSING_ID])),
  vip_sg_ids: often(0.1, some(SECURITY_GROUPS, [MISSING_ID])),
  vip_address: often(0.08, usual(['10.1.0.7'], ['2001:db8:1::7', '10.9.9.9']), false),
  vip_port_id: often(0.08, usual([PORTS[0]?.id], [...PORTS.map(({ id }) => id), MISSING_ID]), false),
  vip_network_id: often(0.15, usual([VIP_NETWORK], [MISSING_ID]), false),
  vip_subnet_id: often(
    0.85,
    usual([VIP_SUBNET.id, VIP_SUBNET.id, VIP_SUBNET_V6.id], [MEMBER_SUBNET.id, MISSING_ID]),
    false,
  ),
  additional_vips: often(
    0.08,
    one(
      [{ subnet_id: VIP_SUBNET_V6.id }],
      [{ subnet_id: VIP_SUBNET_V6.id, ip_address: '2001:db8:1::9' }],
      [{ subnet_id: MEMBER_SUBNET.id }],
    ),
    false,
  ),
  provider: often(0.15, usual(['amphora', 'octavia'], ['noop']), false),
};

export const LISTENER: Readonly<Record<string, Field>> = {
  ...DESCRIBED,
  connection_limit: often(0.2, usual([-1, 1, 1000], [0, -2])),
  timeout_client_data: often(0.1, usual([0, 1, 50_000, 86_400_000], [-1, 31_536_000_000, 86_400_001])),
  timeout_member_connect: often(0.1, usual([0, 1, 50_000, 86_400_000], [-1, 31_536_000_000, 86_400_001])),
  timeout_member_data: often(0.1, usual([0, 1, 50_000, 86_400_000], [-1, 31_536_000_000, 86_400_001])),
  timeout_tcp_inspect: often(0.1, usual([0, 1, 50_000, 86_400_000], [-1, 31_536_000_000, 86_400_001])),
  allowed_cidrs: often(0.15, CIDRS),
};

/** Of a listener that speaks HTTP. */
export const LISTENER_HTTP: Readonly<Record<string, Field>> = {
  insert_headers: often(0.2, headers('X-Forwarded-For', 'X-Forwarded-Port', 'X-Forwarded-Proto')),
};

/** Of a listener that ends TLS, and now and then of another one. */
export const LISTENER_TLS: Readonly<Record<string, Field>> = {
  insert_headers: often(0.2, headers('X-Forwarded-For', 'X-SSL-Client-Verify', 'X-SSL-Client-DN')),
  default_tls_container_ref: often(0.7, CERTIFICATE),
  sni_container_refs: often(0.3, some(CERTIFICATE_REFS, [MISSING_REF, ''])),
  client_authentication: often(0.2, one('NONE', 'OPTIONAL', 'MANDATORY')),
  client_ca_tls_container_ref: often(0.25, CA),
  client_crl_container_ref: often(0.15, CRL),
  tls_ciphers: often(0.2, CIPHERS),
  tls_versions: often(0.2, VERSIONS),
  alpn_protocols: often(0.2, ALPN),
  hsts_max_age: often(0.2, usual([0, 1000], [-1])),
  hsts_include_subdomains: often(0.1, boolean),
  hsts_preload: often(0.1, boolean),
};

const PERSISTENCE = usual(
  [{ type: 'SOURCE_IP' }, { type: 'HTTP_COOKIE' }, { type: 'APP_COOKIE', cookie_name: 'session' }, null],
  [
    { type: 'APP_COOKIE' },
    { type: 'SOURCE_IP', persistence_timeout: 30, persistence_granularity: '255.255.0.0' },
    { type: 'HTTP_COOKIE', cookie_name: 'x' },
    { type: 'NOPE' },
    {},
  ],
);

export const POOL: Readonly<Record<string, Field>> = {
  ...DESCRIBED,
  lb_algorithm: often(0.2, usual(['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP'], ['SOURCE_IP_PORT'])),
  session_persistence: often(0.25, PERSISTENCE),
};
export const POOL_TLS: Readonly<Record<string, Field>> = {
  tls_enabled: often(0.7, boolean),
  tls_container_ref: often(0.3, CERTIFICATE),
  ca_tls_container_ref: often(0.25, CA),
  crl_container_ref: often(0.15, CRL),
  tls_ciphers: often(0.2, CIPHERS),
  tls_versions: often(0.2, VERSIONS),
  alpn_protocols: often(0.2, ALPN),
};

export const MEMBER: Readonly<Record<string, Field>> = {
  ...COMMON,
  weight: often(0.4, usual([0, 1, 10, 256], [-1, 257])),
  backup: often(0.2, boolean),
  monitor_address: often(0.2, usual(['10.2.0.200', null], ['2001:db8:2::1', 'x'])),
  monitor_port: often(0.2, usual([80, 8080, 65_535, null], [0, 65_536])),
  subnet_id: often(0.3, usual([MEMBER_SUBNET.id], [MISSING_ID]), false),
};

export const MONITOR: Readonly<Record<string, Field>> = {
  ...COMMON,
  delay: often(0.3, usual([5, 10, 60], [-1, 0, 1, 2])),
  timeout: often(0.3, usual([1, 2, 5], [-1, 0, 30])),
  max_retries: often(0.3, usual([1, 3, 10], [0, 11])),
  max_retries_down: often(0.3, usual([1, 3, 10], [0, 11])),
};
export const MONITOR_HTTP: Readonly<Record<string, Field>> = {
  http_method: often(0.3, usual(['GET', 'HEAD', 'POST'], ['get', 'FETCH'])),
  url_path: often(0.3, usual(['/', '/health'], ['/health?x=1#y', 'health', '/a b'])),
  expected_codes: often(0.3, usual(['200', '200,202', '200-204'], ['200-', '99', '600', '200, 202'])),
  http_version: often(0.25, usual([1, 1.1, null], [2, '1.1'])),
  domain_name: often(0.25, usual(['www.example.com', null], ['bad_name!'])),
};

export const POLICY: Readonly<Record<string, Field>> = {
  ...DESCRIBED,
  position: often(0.4, usual([1, 1, 2, 3, 2_147_483_647], [0, -1])),
};

export const RULE: Readonly<Record<string, Field>> = {
  admin_state_up: COMMON.admin_state_up,
  tags: COMMON.tags,
  invert: often(0.3, boolean),
};

/** What a kind has besides what is required and what depends on its neighbours. */
export const FIELDS: Readonly<Partial<Record<Kind, Readonly<Record<string, Field>>>>> = {
  loadbalancer: LOAD_BALANCER,
  listener: { ...LISTENER, ...LISTENER_HTTP, ...LISTENER_TLS },
  pool: { ...POOL, ...POOL_TLS },
  member: MEMBER,
  healthmonitor: { ...MONITOR, ...MONITOR_HTTP },
  l7policy: POLICY,
  rule: RULE,
};

/** Some of the fields, each as often as it says. @param factor on how often */
export const draw = (
  random: Random,
  fields: Readonly<Record<string, Field>>,
  { forPut = false, factor = 1 } = {},
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, field]) => !(forPut && field.put === false) && random.chance(field.often * factor))
      .map(([name, field]) => [name, field.value(random)]),
  );
