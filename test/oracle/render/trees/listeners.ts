import * as fc from 'fast-check';
import { INSERT_HEADERS, type Listener, type ListenerProtocol } from '../../../../lib/models/objects/listener.ts';
import { tlsOptions } from './tls.ts';
import { enabled, maybe, oneOf, rarely, reference, status } from './values.ts';

/** A listener without its place in the tree. */
export type ListenerDraft = Omit<Partial<Listener>, 'default_pool_id'> & { readonly protocol: ListenerProtocol };

const timeout = rarely(4, oneOf(0, 1, 2_073_600_000), oneOf(50_000, 5_000));

const common = {
  enabled,
  provisioning_status: status,
  connection_limit: oneOf(-1, 0, 1, 2_000, 999_999, 2_147_483_647),
  timeout_client_data: timeout,
  timeout_member_connect: timeout,
  timeout_member_data: timeout,
  timeout_tcp_inspect: rarely(4, oneOf(100, 5_000), fc.constant(0)),
};

const headers = fc
  .uniqueArray(fc.constantFrom(...INSERT_HEADERS), { maxLength: 6 })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, oneOf('true', 'True', 'false')]))));

const clientAuthentication = fc.oneof(
  { weight: 2, arbitrary: fc.record({}) },
  {
    weight: 1,
    arbitrary: fc.record({
      client_ca_tls_certificate_id: reference,
      client_crl_container_id: maybe(fc.constant('https://keys.example.org/v1/secrets/2')),
      client_authentication: oneOf('NONE' as const, 'OPTIONAL' as const, 'MANDATORY' as const),
    }),
  },
);

const certificates = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ tls_certificate_id: reference, sni_containers: oneOf([], ['one'], ['one', 'two']) }),
  },
  { weight: 1, arbitrary: fc.record({ tls_certificate_id: fc.constant(null), sni_containers: oneOf(['one']) }) },
);

const terminated = fc
  .tuple(
    fc.record({ ...common, insert_headers: headers }),
    tlsOptions,
    certificates,
    clientAuthentication,
    fc.record({
      hsts_max_age: maybe(oneOf(0, 31_536_000)),
      hsts_include_subdomains: fc.boolean(),
      hsts_preload: fc.boolean(),
    }),
  )
  .map((parts): ListenerDraft => Object.assign({ protocol: 'TERMINATED_HTTPS' as const }, ...parts));

const prometheus = fc
  .tuple(
    fc.record(common),
    fc.oneof(
      fc.record({}),
      fc.tuple(tlsOptions, certificates).map((parts) => Object.assign({}, ...parts)),
    ),
  )
  .map((parts): ListenerDraft => Object.assign({ protocol: 'PROMETHEUS' as const }, ...parts));

const http = fc
  .record({ ...common, insert_headers: headers })
  .map((draft): ListenerDraft => ({ ...draft, protocol: 'HTTP' }));

const other = (...protocols: readonly ListenerProtocol[]): fc.Arbitrary<ListenerDraft> =>
  fc.record({ ...common, protocol: oneOf(...protocols) });

export const haproxyListener = fc.oneof(
  { weight: 4, arbitrary: http },
  { weight: 4, arbitrary: terminated },
  { weight: 2, arbitrary: other('TCP', 'HTTPS') },
  { weight: 1, arbitrary: prometheus },
  { weight: 1, arbitrary: other('UDP') },
);

export const lvsListener = other('UDP', 'SCTP');
