import * as fc from 'fast-check';
import type { HealthMonitor, Member, Pool, PoolProtocol } from '../../../../lib/models/objects/pool.ts';
import { tlsOptions } from './tls.ts';
import { address, enabled, maybe, oneOf, plain, port, rarely, reference, status, urlPath } from './values.ts';

/** A pool with its members and health monitor, without their place in the tree. */
export interface PoolDraft {
  readonly pool: Partial<Pool> & { readonly protocol: PoolProtocol };
  readonly members: readonly Partial<Member>[];
  readonly monitor: Partial<HealthMonitor> | null;
}

const member = fc.record({
  ip_address: address,
  protocol_port: port,
  weight: oneOf(0, 1, 10, 256),
  backup: rarely(5, fc.constant(true), fc.constant(false)),
  monitor_address: rarely(5, address, fc.constant(null)),
  monitor_port: rarely(5, port, fc.constant(null)),
  enabled,
  provisioning_status: status,
});

const members = fc.uniqueArray(member, {
  maxLength: 4,
  selector: ({ ip_address, protocol_port }) => `${ip_address} ${protocol_port}`,
});

const monitor = (type: fc.Arbitrary<HealthMonitor['type']>): fc.Arbitrary<Partial<HealthMonitor>> =>
  fc
    .tuple(
      fc.record({
        type,
        delay: rarely(8, fc.constant(0), oneOf(1, 3, 5, 86_400)),
        timeout: oneOf(0, 1, 5, 60),
        rise_threshold: fc.integer({ min: 1, max: 10 }),
        fall_threshold: fc.integer({ min: 1, max: 10 }),
        enabled,
        provisioning_status: status,
      }),
      fc.record({
        http_method: oneOf('GET', 'HEAD', 'POST', 'PATCH', 'CONNECT'),
        url_path: urlPath,
        expected_codes: oneOf('200', '200,202', '200, 201, 404', '200-204', '301,200'),
        http_version: oneOf(null, 1, 1.1),
        domain_name: oneOf(null, 'www.example.org', 'a.b-c.example.com'),
      }),
    )
    .map(([common, http]) => {
      if (common.type !== 'HTTP' && common.type !== 'HTTPS') return common;
      const domain_name = http.http_version === 1.1 ? http.domain_name : null;
      return { ...common, ...http, domain_name };
    });

const cookie = rarely(4, oneOf('SESS#1~', 'a&b', '$x'), plain(20));

const persistence = fc.oneof(
  fc.constant(null),
  fc.tuple(oneOf('SOURCE_IP' as const, 'HTTP_COOKIE' as const, 'APP_COOKIE' as const), cookie).map(([type, name]) => ({
    type,
    cookie_name: type === 'APP_COOKIE' ? name : null,
    persistence_timeout: null,
    persistence_granularity: null,
  })),
);

const lvsPersistence = maybe(
  fc.record({
    type: fc.constant('SOURCE_IP' as const),
    cookie_name: fc.constant(null),
    persistence_timeout: oneOf(null, 1, 86_400),
    persistence_granularity: oneOf(null, '255.255.0.0', '64'),
  }),
);

const secrets = fc.record({
  tls_certificate_id: maybe(reference),
  ca_tls_certificate_id: maybe(reference),
  crl_container_id: fc.oneof(reference, fc.constant(null)),
});

const common = {
  enabled,
  provisioning_status: status,
  lb_algorithm: oneOf('ROUND_ROBIN' as const, 'LEAST_CONNECTIONS' as const, 'SOURCE_IP' as const),
};

const haproxyOwn = fc
  .tuple(
    fc.record({
      ...common,
      protocol: oneOf(
        'HTTP' as const,
        'HTTP' as const,
        'TCP' as const,
        'HTTPS' as const,
        'PROXY' as const,
        'PROXYV2' as const,
      ),
      session_persistence: persistence,
      tls_enabled: fc.boolean(),
    }),
    // References and options are kept while TLS is off.
    fc.oneof(
      fc.record({}),
      fc.tuple(tlsOptions, secrets).map((parts) => Object.assign({}, ...parts)),
    ),
  )
  .map(([own, tls]) => ({ ...own, ...tls }));

export const haproxyPool: fc.Arbitrary<PoolDraft> = fc.record({
  pool: haproxyOwn,
  members,
  monitor: maybe(monitor(oneOf('HTTP', 'HTTP', 'HTTPS', 'PING', 'TCP', 'TLS-HELLO'))),
});

export const lvsPool: fc.Arbitrary<PoolDraft> = fc.record({
  pool: fc.record({ ...common, protocol: oneOf('UDP' as const, 'SCTP' as const), session_persistence: lvsPersistence }),
  members,
  monitor: maybe(
    monitor(oneOf('UDP-CONNECT', 'SCTP', 'TCP', 'HTTP')).map((one) =>
      one.type === 'HTTP' ? { ...one, http_method: 'GET' as const } : one,
    ),
  ),
});
