import type { Random } from '../random.ts';
import { CERTIFICATE_REFS, MISSING_ID, VIP_SUBNET } from '../world.ts';
import {
  draw,
  FIELDS,
  LISTENER,
  LISTENER_HTTP,
  LISTENER_TLS,
  LOAD_BALANCER,
  MEMBER,
  MONITOR,
  MONITOR_HTTP,
  POLICY,
  POOL,
  POOL_TLS,
  RULE,
} from './fields.ts';
import type { Kind, Known, Model } from './model.ts';
import { badValue } from './values.ts';

export type Body = Record<string, unknown>;

/** Where the parts of a body come from. */
export interface Source {
  readonly random: Random;
  readonly model: Model;
  /** A name that nothing else in the sequence has. */
  readonly unique: () => string;
}

const POOL_PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTP', 'PROXY', 'PROXYV2'],
  TERMINATED_HTTPS: ['HTTP', 'PROXY', 'PROXYV2'],
  HTTPS: ['HTTPS', 'PROXY', 'TCP', 'PROXYV2'],
  TCP: ['HTTP', 'HTTPS', 'PROXY', 'TCP', 'PROXYV2'],
  UDP: ['UDP'],
  SCTP: ['SCTP'],
  PROMETHEUS: ['HTTP'],
};
const LISTENER_PROTOCOLS = [
  'HTTP',
  'HTTP',
  'HTTP',
  'TERMINATED_HTTPS',
  'TERMINATED_HTTPS',
  'TCP',
  'HTTPS',
  'UDP',
  'SCTP',
  'PROMETHEUS',
];
const ALL_POOL_PROTOCOLS = ['HTTP', 'HTTP', 'TCP', 'HTTPS', 'PROXY', 'PROXYV2', 'UDP', 'SCTP'];
const ALGORITHMS = ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP'];
const MONITOR_TYPES: Readonly<Record<string, readonly string[]>> = {
  UDP: ['UDP-CONNECT', 'HTTP', 'TCP', 'SCTP'],
  SCTP: ['UDP-CONNECT', 'HTTP', 'TCP', 'SCTP'],
};
/** Protocols without TLS. */
const noTls: ReadonlySet<unknown> = new Set(['UDP', 'SCTP']);
const ALL_MONITOR_TYPES = ['HTTP', 'HTTP', 'HTTPS', 'TCP', 'PING', 'TLS-HELLO', 'UDP-CONNECT', 'SCTP'];
const RULE_TYPES = [
  'PATH',
  'PATH',
  'HOST_NAME',
  'HEADER',
  'COOKIE',
  'FILE_TYPE',
  'SSL_CONN_HAS_CERT',
  'SSL_VERIFY_RESULT',
  'SSL_DN_FIELD',
];
const COMPARISONS = ['EQUAL_TO', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'REGEX'];
const RIGHT: Readonly<
  Record<string, { readonly compare?: readonly string[]; readonly value?: readonly string[]; readonly key?: string }>
> = {
  FILE_TYPE: { compare: ['EQUAL_TO', 'REGEX'], value: ['jpg', 'png'] },
  HEADER: { key: 'X-Kind' },
  COOKIE: { key: 'kind' },
  SSL_CONN_HAS_CERT: { compare: ['EQUAL_TO'], value: ['true', 'True', 'false'] },
  SSL_VERIFY_RESULT: { compare: ['EQUAL_TO'], value: ['0', '10'] },
  SSL_DN_FIELD: { key: 'CN' },
};
const ADDRESSES = ['10.2.0.1', '10.2.0.2', '10.2.0.3', '10.2.0.4', '10.2.0.5', '10.2.0.6'];
const ODD_ADDRESSES = ['2001:db8:2::5', '2001:DB8:2::5', '169.254.169.254', '300.1.1.1'];

const id = ({ fields }: Known): string => String(fields.id);
/** Mostly what fits, now and then anything of it. */
const mostly = <T>(random: Random, fitting: readonly T[], any: readonly T[]): T =>
  random.pick(fitting.length > 0 && !random.odd(0.07) ? fitting : any);

const poolsFor = ({ model, random }: Source, lb: string, protocol: unknown): string => {
  const all = model.below('pool', lb);
  const fits = ({ fields }: Known) => POOL_PROTOCOLS[String(protocol)]?.includes(String(fields.protocol)) ?? false;
  const fitting = all.filter(fits);
  const others = random.odd(0.1) ? model.all('pool').filter(fits) : all;
  return mostly(random, fitting.map(id), others.length > 0 ? others.map(id) : [MISSING_ID]);
};

export const monitor = ({ random }: Source, protocol: unknown): Body => {
  const type = mostly(random, MONITOR_TYPES[String(protocol)] ?? ALL_MONITOR_TYPES.slice(0, 5), ALL_MONITOR_TYPES);
  const isHttp = type === 'HTTP' || type === 'HTTPS';
  return {
    type,
    delay: random.int(5, 30),
    timeout: random.int(1, 4),
    max_retries: random.int(1, 10),
    ...draw(random, MONITOR, { factor: 0.5 }),
    ...((isHttp || random.odd(0.1)) && draw(random, MONITOR_HTTP)),
    ...(noTls.has(protocol) && isHttp && !random.odd(0.1) && { http_method: 'GET' }),
  };
};

export const member = ({ random }: Source): Body => ({
  address: random.pick(random.odd(0.1) ? ODD_ADDRESSES : ADDRESSES),
  protocol_port: random.pick([80, 80, 81, 443, 8080]),
  ...draw(random, MEMBER),
});

/** Members of different addresses, mostly. */
const members = (source: Source, most: number): readonly Body[] => {
  const all = Array.from({ length: source.random.int(0, most) }, () => member(source));
  if (source.random.odd(0.1)) return all;
  return [...new Map(all.map((one) => [`${String(one.address).toLowerCase()}:${one.protocol_port}`, one])).values()];
};

export const pool = (source: Source, protocol: string, { nested = 0 } = {}): Body => {
  const { random } = source;
  return {
    protocol,
    lb_algorithm: random.pick(ALGORITHMS),
    ...draw(random, POOL),
    ...((noTls.has(protocol) ? random.odd(0.05) : random.chance(0.25)) && draw(random, POOL_TLS)),
    ...(random.chance(nested) && { members: members(source, 3) }),
    ...(random.chance(nested) && { healthmonitor: monitor(source, protocol) }),
  };
};

export const rule = ({ random, unique }: Source): Body => {
  const type = random.pick(RULE_TYPES);
  const right = RIGHT[type] ?? {};
  const plain = type === 'PATH' ? `/${unique()}` : unique();
  const key = right.key ?? (random.odd(0.03) ? 'key' : undefined);
  return {
    type,
    compare_type: mostly(random, right.compare ?? COMPARISONS, COMPARISONS),
    value: random.odd(0.08)
      ? random.pick(['a b', '', '*[', 'a;b', 'x'.repeat(300)])
      : random.pick(right.value ?? [plain]),
    ...(key !== undefined && !random.odd(0.05) && { key }),
    ...draw(random, RULE),
  };
};

const action = (source: Source, lb: string, protocol: unknown, redirect: () => Body): Body => {
  const { random } = source;
  const code = random.chance(0.3)
    ? { redirect_http_code: random.odd(0.1) ? 300 : random.pick([301, 302, 303, 307, 308]) }
    : {};
  const kind = random.weighted<string>([
    [4, 'REDIRECT_TO_POOL'],
    [3, 'REDIRECT_TO_URL'],
    [2, 'REDIRECT_PREFIX'],
    [3, 'REJECT'],
  ]);
  if (kind === 'REDIRECT_TO_POOL') {
    return {
      action: kind,
      ...(random.chance(0.8) ? { redirect_pool_id: poolsFor(source, lb, protocol) } : redirect()),
    };
  }
  const url = random.pick(
    random.odd(0.1) ? ['example.com', 'ftp://x', 'http:// x'] : ['http://www.example.com/a', 'https://example.com'],
  );
  if (kind === 'REDIRECT_TO_URL') return { action: kind, redirect_url: url, ...code };
  if (kind === 'REDIRECT_PREFIX') return { action: kind, redirect_prefix: url, ...code };
  return { action: kind, ...(random.odd(0.05) && code) };
};

export const policy = (source: Source, lb: string, protocol: unknown, redirect: () => Body = () => ({})): Body => ({
  ...action(source, lb, protocol, redirect),
  ...draw(source.random, POLICY),
  ...(source.random.odd(0.03) && { rules: Array.from({ length: source.random.int(0, 2) }, () => rule(source)) }),
});

const listenerAlone = ({ random }: Source, protocol: string): Body => {
  const endsTls = protocol === 'TERMINATED_HTTPS';
  return {
    protocol,
    protocol_port: random.int(80, 99),
    ...draw(random, LISTENER),
    ...(protocol === 'HTTP' && draw(random, LISTENER_HTTP)),
    ...((endsTls || random.odd(0.05)) && draw(random, LISTENER_TLS)),
    ...(endsTls && !random.odd(0.05) && { default_tls_container_ref: CERTIFICATE_REFS[0] }),
  };
};

const listener = (source: Source, lb: string): Body => {
  const { random, model } = source;
  const protocol = random.pick(LISTENER_PROTOCOLS);
  const fitting = POOL_PROTOCOLS[protocol] ?? ['HTTP'];
  return {
    ...listenerAlone(source, protocol),
    ...(protocol !== 'PROMETHEUS' &&
      model.below('pool', lb).length > 0 &&
      random.chance(0.3) && { default_pool_id: poolsFor(source, lb, protocol) }),
    ...(random.odd(0.03) && { default_pool: pool(source, mostly(random, fitting, ALL_POOL_PROTOCOLS)) }),
    ...(random.odd(0.03) && { l7policies: [policy(source, lb, protocol)] }),
  };
};

/** Listeners and pools that come with a load balancer; every name in it is its own. */
const tree = (source: Source): Body => {
  const { random, unique } = source;
  const named = (body: Body): Body => ({ ...body, ...(!random.odd(0.05) && { name: unique() }) });
  const fullPool = (protocol: string): Body => {
    const body = named(pool(source, protocol, { nested: 0.6 }));
    const below = Array.isArray(body.members) ? { members: body.members.map((one: Body) => named(one)) } : {};
    return { ...body, ...below };
  };
  const pools = Array.from({ length: random.int(0, 3) }, () => fullPool(random.pick(ALL_POOL_PROTOCOLS)));
  const refer = (protocol: string): Body => {
    const fitting = pools.filter((one) => POOL_PROTOCOLS[protocol]?.includes(String(one.protocol)));
    if (fitting.length > 0 && random.chance(0.6)) return { name: random.pick(fitting).name };
    return random.odd(0.05) ? { name: 'missing' } : fullPool(random.pick(POOL_PROTOCOLS[protocol] ?? ['HTTP']));
  };
  const listeners = Array.from({ length: random.int(0, 3) }, (_, index) => {
    const protocol = random.pick(LISTENER_PROTOCOLS);
    const policies = () =>
      Array.from({ length: random.int(1, 2) }, () =>
        named(policy(source, MISSING_ID, protocol, () => ({ redirect_pool: refer(protocol) }))),
      ).map(({ redirect_pool_id, ...rest }) =>
        redirect_pool_id === undefined || random.odd(0.03) ? rest : { ...rest, redirect_pool: refer(protocol) },
      );
    return {
      ...named(listenerAlone(source, protocol)),
      protocol_port: random.odd(0.05) ? 80 : 80 + index,
      ...(random.chance(0.5) && { default_pool: refer(protocol) }),
      ...(random.chance(0.35) && { l7policies: policies() }),
    };
  });
  return { ...(listeners.length > 0 && { listeners }), ...(pools.length > 0 && { pools }) };
};

const loadBalancer = (source: Source): Body => {
  const { random, model } = source;
  const drawn = draw(random, LOAD_BALANCER);
  const somewhere = 'vip_subnet_id' in drawn || 'vip_network_id' in drawn || 'vip_port_id' in drawn;
  const flavors = model.all('flavor').map(id);
  const zones = model.all('availability_zone').map(({ fields }) => fields.name);
  return {
    ...(somewhere || random.odd(0.05) ? {} : { vip_subnet_id: VIP_SUBNET.id }),
    ...drawn,
    ...(flavors.length > 0 && random.chance(0.2) && { flavor_id: random.pick(flavors) }),
    ...(zones.length > 0 && random.chance(0.2) && { availability_zone: random.pick(zones) }),
    ...(random.chance(0.3) && tree(source)),
  };
};

/** The body of a POST below that parent. */
export const createBody = (kind: Kind, source: Source, parent: Known | undefined): Body => {
  const { random, model } = source;
  const owner = parent === undefined ? MISSING_ID : id(parent);
  switch (kind) {
    case 'loadbalancer':
      return loadBalancer(source);
    case 'listener':
      return { loadbalancer_id: owner, ...listener(source, owner) };
    case 'pool': {
      const listeners = model.below('listener', owner);
      const place = listeners.length > 0 && random.chance(0.25) ? random.pick(listeners) : undefined;
      const at = place === undefined ? { loadbalancer_id: owner } : { listener_id: id(place) };
      const fitting = place && POOL_PROTOCOLS[String(place.fields.protocol)];
      return { ...at, ...pool(source, mostly(random, fitting ?? [], ALL_POOL_PROTOCOLS)) };
    }
    case 'member':
      return member(source);
    case 'healthmonitor':
      return { pool_id: owner, ...monitor(source, parent?.fields.protocol) };
    case 'l7policy':
      return { listener_id: owner, ...policy(source, String(parent?.parent), parent?.fields.protocol) };
    case 'rule':
      return rule(source);
    default:
      return {};
  }
};

/** The body of a PUT of that object. */
export const updateBody = (source: Source, { kind, fields, parent }: Known): Body => {
  const { random, model } = source;
  const own = draw(random, FIELDS[kind] ?? {}, {
    forPut: true,
    factor: kind === 'listener' || kind === 'pool' ? 0.5 : 1,
  });
  const { protocol } = kind === 'l7policy' ? (model.find(parent)?.fields ?? {}) : fields;
  const lb = kind === 'l7policy' ? String(model.find(parent)?.parent) : parent;
  const plainPool = kind === 'pool' && noTls.has(protocol) && !random.odd(0.1);
  const plain = protocol !== 'TERMINATED_HTTPS' && kind === 'listener' && !random.odd(0.1);
  const unfit = { ...(plain && LISTENER_TLS), ...(plainPool && POOL_TLS) };
  const body = Object.fromEntries(Object.entries(own).filter(([name]) => !(name in unfit)));
  if (kind === 'listener' && random.chance(0.25)) {
    return { ...body, default_pool_id: random.chance(0.2) ? null : poolsFor(source, lb, protocol) };
  }
  if (kind === 'l7policy' && random.chance(0.5)) return { ...body, ...action(source, lb, protocol, () => ({})) };
  if (kind === 'rule' && random.chance(0.6)) {
    const { type, compare_type, value, key } = rule(source);
    return random.chance(0.4) ? { ...body, type, compare_type, value, key } : { ...body, value };
  }
  return body;
};

/** One mistake: a field taken away, given another value, or one that is not known. */
export const spoil = (random: Random, body: Body): Body => {
  const names = Object.keys(body);
  const name = names.length > 0 ? random.pick(names) : 'name';
  const { [name]: dropped, ...rest } = body;
  const inside = Array.isArray(dropped) ? dropped.filter((one) => typeof one === 'object' && one !== null) : [];
  if (inside.length > 0 && random.chance(0.6)) return { ...rest, [name]: [spoil(random, random.pick(inside))] };
  return random.weighted<() => Body>([
    [2, () => rest],
    [8, () => ({ ...rest, [name]: badValue(random) })],
    [1, () => ({ ...body, surplus: 1 })],
    [1, () => ({ ...body, id: MISSING_ID })],
    [1, () => ({ ...body, provisioning_status: 'ACTIVE' })],
  ])();
};
