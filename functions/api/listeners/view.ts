import type { Listener } from '../../../lib/models/listener.ts';
import type { Relations } from '../children/trees.ts';
import { idOnly, NAMED_FIELDS, namedView } from '../views/common.ts';
import type { ListenerView } from './shape.ts';

/** A listener as GET, PUT and POST show it. */
export const listenerView = (listener: Listener, related: Relations): ListenerView => ({
  ...namedView(listener),
  protocol: listener.protocol,
  protocol_port: listener.protocol_port,
  connection_limit: listener.connection_limit,
  default_pool_id: listener.default_pool_id,
  default_tls_container_ref: listener.tls_certificate_id,
  sni_container_refs: listener.sni_containers,
  client_ca_tls_container_ref: listener.client_ca_tls_certificate_id,
  client_authentication: listener.client_authentication,
  client_crl_container_ref: listener.client_crl_container_id,
  insert_headers: listener.insert_headers,
  timeout_client_data: listener.timeout_client_data,
  timeout_member_connect: listener.timeout_member_connect,
  timeout_member_data: listener.timeout_member_data,
  timeout_tcp_inspect: listener.timeout_tcp_inspect,
  allowed_cidrs: listener.allowed_cidrs.length === 0 ? null : listener.allowed_cidrs,
  tls_ciphers: listener.tls_ciphers,
  tls_versions: listener.tls_versions,
  alpn_protocols: listener.alpn_protocols,
  hsts_max_age: listener.hsts_max_age,
  hsts_include_subdomains: listener.hsts_include_subdomains,
  hsts_preload: listener.hsts_preload,
  loadbalancers: [idOnly(listener.load_balancer_id)],
  l7policies: (related?.l7_policies ?? [])
    .filter(({ listener_id }) => listener_id === listener.id)
    .sort((left, right) => left.position - right.position)
    .map(({ id }) => idOnly(id)),
});

/** Fields a list of listeners can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  ...NAMED_FIELDS,
  'loadbalancer_id',
  'protocol',
  'protocol_port',
  'connection_limit',
  'default_pool_id',
  'default_tls_container_ref',
  'client_ca_tls_container_ref',
  'client_authentication',
  'client_crl_container_ref',
  'timeout_client_data',
  'timeout_member_connect',
  'timeout_member_data',
  'timeout_tcp_inspect',
  'tls_ciphers',
  'tls_versions',
  'alpn_protocols',
  'hsts_max_age',
  'hsts_include_subdomains',
  'hsts_preload',
] as const;
