import type { Pool } from '../../../lib/models/pool.ts';
import { idOnly, NAMED_FIELDS, namedView } from '../views/common.ts';
import { listenersOf, type PoolRelations } from './relations.ts';
import type { PoolView } from './shape.ts';

/** A pool as GET, PUT and POST show it. */
export const poolView = (pool: Pool, related: PoolRelations | null): PoolView => {
  const tree = related?.tree ?? null;
  const monitor = tree?.health_monitors.find(({ pool_id }) => pool_id === pool.id);
  return {
    ...namedView(pool),
    protocol: pool.protocol,
    lb_algorithm: pool.lb_algorithm,
    session_persistence: pool.session_persistence,
    tls_enabled: pool.tls_enabled,
    tls_container_ref: pool.tls_certificate_id,
    ca_tls_container_ref: pool.ca_tls_certificate_id,
    crl_container_ref: pool.crl_container_id,
    tls_ciphers: pool.tls_ciphers,
    tls_versions: pool.tls_versions,
    alpn_protocols: pool.alpn_protocols,
    loadbalancers: [idOnly(pool.load_balancer_id)],
    listeners: listenersOf(pool, tree).map(idOnly),
    members: (related?.members.get(pool.id) ?? []).map(idOnly),
    ...(monitor !== undefined && { healthmonitor_id: monitor.id }),
  };
};

/** Fields a list of pools can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  ...NAMED_FIELDS,
  'loadbalancer_id',
  'protocol',
  'lb_algorithm',
  'tls_enabled',
  'tls_container_ref',
  'ca_tls_container_ref',
  'crl_container_ref',
  'tls_ciphers',
  'tls_versions',
  'alpn_protocols',
  'healthmonitor_id',
] as const;
