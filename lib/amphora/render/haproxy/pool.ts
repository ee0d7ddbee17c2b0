import type { LbAlgorithm, Pool, PoolProtocol } from '../../../models/objects/pool.ts';
import { uuidRule } from '../fields/identity.ts';
import { lookup, refuse, type Subject, word } from '../guard.ts';
import { EMPTY, type SafeText, text } from '../text.ts';
import type { Context } from './context.ts';
import { type HealthCheck, healthCheck } from './health.ts';
import { persistenceLines } from './persistence.ts';
import { memberTls, type ServerLine, serverLine } from './server.ts';
import { alpnList } from './tls-options.ts';

/** A pool's share of each of its backends: the same whatever listener it serves. */
export interface PreparedPool {
  readonly id: SafeText;
  readonly pool: Pool;
  /** null: the listener's. */
  readonly mode: 'tcp' | 'http' | null;
  readonly balance: SafeText;
  readonly persistence: readonly SafeText[];
  readonly health: HealthCheck | null;
  readonly servers: readonly ServerLine[];
}

const MODE: Readonly<Record<PoolProtocol, 'tcp' | 'http' | 'listener' | 'lvs'>> = {
  TCP: 'tcp',
  HTTPS: 'tcp',
  HTTP: 'http',
  PROXY: 'listener',
  PROXYV2: 'listener',
  UDP: 'lvs',
  SCTP: 'lvs',
};

const BALANCE: Readonly<Partial<Record<LbAlgorithm, SafeText>>> = {
  ROUND_ROBIN: text`roundrobin`,
  LEAST_CONNECTIONS: text`leastconn`,
  SOURCE_IP: text`source`,
};

const preparePool = (context: Context, pool: Pool): PreparedPool => {
  const subject: Subject = { kind: 'pool', id: pool.id };
  const mode = lookup(subject, 'protocol', pool.protocol, MODE);
  if (mode === 'lvs') return refuse(subject, 'protocol', 'is not one for this listener');
  const alpn = context.features.memberAlpn && pool.tls_enabled ? alpnList(subject, pool.alpn_protocols) : null;
  const monitor = context.index.monitorByPool.get(pool.id);
  const health = monitor ? context.attempt(() => healthCheck(context, monitor, alpn)) : null;
  const shared = {
    check: health?.serverOption ?? EMPTY,
    checked: health !== null,
    cookie: pool.session_persistence?.type === 'HTTP_COOKIE',
    tls: memberTls(context, pool, alpn),
  };
  const servers: ServerLine[] = [];
  for (const member of context.index.membersByPool.get(pool.id) ?? []) {
    const line = context.attempt(() => serverLine(member, shared));
    if (line) servers.push(line);
  }
  return {
    id: word(subject, 'id', pool.id, uuidRule),
    pool,
    mode: mode === 'listener' ? null : mode,
    balance: lookup(subject, 'lb_algorithm', pool.lb_algorithm, BALANCE),
    persistence: persistenceLines(context, pool),
    health,
    servers,
  };
};

/** Pools by id, each prepared when it is first asked for; null for one that is not served. */
export const poolCabinet = (context: Context): ((id: string | null) => PreparedPool | null) => {
  const prepared = new Map<string, PreparedPool | null>();
  return (id) => {
    const pool = id === null ? undefined : context.index.pools.get(id);
    if (pool === undefined || !pool.enabled) return null;
    const known = prepared.get(pool.id);
    if (known !== undefined) return known;
    const made = context.attempt(() => preparePool(context, pool));
    prepared.set(pool.id, made);
    return made;
  };
};
