import { UnrenderableValueError } from '../../../errors/unrenderable-value.ts';
import type { Listener } from '../../../models/objects/listener.ts';
import type { HealthMonitor, LbAlgorithm, Member, Pool } from '../../../models/objects/pool.ts';
import type { LoadBalancerTree } from '../../../models/objects/tree.ts';
import { pathRule, uuidRule } from '../fields/identity.ts';
import { granularityRule } from '../fields/network.ts';
import { lookup, refuse, type Subject, whole, word } from '../guard.ts';
import { EMPTY, type SafeText, text, toFile } from '../text.ts';
import { indexTree, type TreeIndex, vipAddresses } from '../tree-index.ts';
import { type Checker, checkerOf, checkSeconds, checkTarget } from './checkers.ts';
import { addressWord, type Family, familyOf } from './vips.ts';

export interface LvsInput {
  readonly tree: LoadBalancerTree;
  /** A UDP or SCTP listener of the tree. */
  readonly listenerId: string;
  readonly options: { readonly basePath: string };
  /** As in HaproxyInput: takes reports of bad members and health monitors, which are then left out. */
  readonly onUnrenderable?: (error: UnrenderableValueError) => void;
}

const ALGORITHM: Readonly<Partial<Record<LbAlgorithm, SafeText>>> = {
  ROUND_ROBIN: text`wrr`,
  LEAST_CONNECTIONS: text`lc`,
  SOURCE_IP: text`sh`,
};

const GROUP: Readonly<Record<Family, SafeText>> = { ipv4: text`ipv4-group`, ipv6: text`ipv6-group` };
const PROTOCOL: Readonly<Record<string, SafeText>> = { UDP: text`UDP`, SCTP: text`SCTP` };

/** A health monitor, and its text. */
interface Monitoring {
  readonly monitor: HealthMonitor;
  readonly lines: readonly SafeText[];
  readonly check: Checker;
}

type Attempt = <T>(render: () => T) => T | null;

const attemptWith =
  (report: LvsInput['onUnrenderable']): Attempt =>
  (render) => {
    try {
      return render();
    } catch (error) {
      if (report === undefined || !(error instanceof UnrenderableValueError)) throw error;
      report(error);
      return null;
    }
  };

const monitoringOf = (monitor: HealthMonitor, basePath: SafeText): Monitoring => {
  const subject: Subject = { kind: 'health monitor', id: monitor.id };
  // keepalived takes no interval of nothing.
  const delay = Math.max(1, checkSeconds(subject, 'delay', monitor.delay));
  const retry = whole(subject, 'max_retries_down', monitor.fall_threshold, 1, 100);
  return {
    monitor,
    lines: [text`    delay_loop ${delay}`, text`    delay_before_retry ${delay}`, text`    retry ${retry}`],
    check: checkerOf(monitor, basePath),
  };
};

const persistenceLines = (pool: Pool, family: Family): readonly SafeText[] => {
  const persistence = pool.session_persistence;
  if (persistence?.type !== 'SOURCE_IP') return [];
  const subject: Subject = { kind: 'pool', id: pool.id };
  const timeout = whole(subject, 'persistence_timeout', persistence.persistence_timeout || 360, 1, 2_147_483_647);
  const stored = persistence.persistence_granularity;
  const granularity = stored !== null ? word(subject, 'persistence_granularity', stored, granularityRule) : null;
  const usual = family === 'ipv4' ? text`255.255.255.255` : text`128`;
  // A netmask says nothing about IPv6, nor a prefix length about IPv4.
  const fits = granularity !== null && granularity.includes('.') === (family === 'ipv4');
  return [text`    persistence_timeout ${timeout}`, text`    persistence_granularity ${fits ? granularity : usual}`];
};

const memberLines = (member: Member, listener: Listener, monitoring: Monitoring | null): readonly SafeText[] => {
  const subject: Subject = { kind: 'member', id: member.id };
  const id = word(subject, 'id', member.id, uuidRule);
  if (!member.enabled) return [text`    # Member ${id} is disabled`];
  const address = addressWord(subject, 'address', member.ip_address);
  const port = whole(subject, 'protocol_port', member.protocol_port, 1, 65_535);
  const limit = whole(
    { kind: 'listener', id: listener.id },
    'connection_limit',
    listener.connection_limit,
    -1,
    2 ** 31,
  );
  return [
    text`    # Configuration for Member ${id}`,
    text`    real_server ${address} ${port} {`,
    text`        weight ${whole(subject, 'weight', member.weight, 0, 256)}`,
    ...(limit > 0 ? [text`        uthreshold ${limit}`] : []),
    ...(monitoring?.check(checkTarget(member)) ?? []),
    text`    }`,
  ];
};

/** The addresses of one family, and the server behind them. The agent reads ids out of the comments. */
const familyLines = (
  index: TreeIndex,
  listener: Listener,
  pool: Pool,
  monitoring: Monitoring | null,
  attempt: Attempt,
  family: Family,
): readonly SafeText[] => {
  const vips = vipAddresses(index.loadBalancer).filter((vip) => familyOf(vip) === family);
  if (vips.length === 0) return [];
  const subject: Subject = { kind: 'pool', id: pool.id };
  const listenerSubject: Subject = { kind: 'listener', id: listener.id };
  const port = whole(listenerSubject, 'protocol_port', listener.protocol_port, 1, 65_535);
  const poolId = word(subject, 'id', pool.id, uuidRule);
  const lines = [
    text`virtual_server_group ${GROUP[family]} {`,
    ...vips.map((vip) => text`    ${vip} ${port}`),
    text`}`,
    EMPTY,
    text`virtual_server group ${GROUP[family]} {`,
    text`    lb_algo ${lookup(subject, 'lb_algorithm', pool.lb_algorithm, ALGORITHM)}`,
    text`    lb_kind NAT`,
    text`    protocol ${lookup(listenerSubject, 'protocol', listener.protocol, PROTOCOL)}`,
    ...persistenceLines(pool, family),
    ...(monitoring?.lines ?? []),
    EMPTY,
  ];
  lines.push(pool.enabled ? text`    # Configuration for Pool ${poolId}` : text`    # Pool ${poolId} is disabled`);
  if (monitoring) {
    const monitorSubject: Subject = { kind: 'health monitor', id: monitoring.monitor.id };
    lines.push(text`    # Configuration for HealthMonitor ${word(monitorSubject, 'id', monitorSubject.id, uuidRule)}`);
  }
  for (const member of pool.enabled ? (index.membersByPool.get(pool.id) ?? []) : []) {
    if (familyOf(member.ip_address) !== family) continue;
    const rendered = attempt(() => memberLines(member, listener, monitoring));
    if (rendered) for (const line of rendered) lines.push(line);
  }
  lines.push(text`}`, EMPTY);
  return lines;
};

/**
 * The keepalived configuration of one UDP or SCTP listener: addresses and a server for each IP family of its VIPs. A
 * listener that is disabled, or has no pool, gets none.
 * @throws UnrenderableValueError the tree has no such listener, or a stored value is bad
 */
export const renderLvs = (input: LvsInput): string => {
  const index = indexTree(input.tree);
  const { loadBalancer } = index;
  const attempt = attemptWith(input.onUnrenderable);
  const subject: Subject = { kind: 'listener', id: input.listenerId };
  const id = word(subject, 'id', input.listenerId, uuidRule);
  const listener = index.listeners.find((candidate) => candidate.id === input.listenerId);
  if (listener === undefined) return refuse(subject, 'id', 'is not one of the load balancer');
  const basePath = word({ kind: 'setting', id: 'keepalived' }, 'base_path', input.options.basePath, pathRule);
  const loadBalancerId = word({ kind: 'load balancer', id: loadBalancer.id }, 'id', loadBalancer.id, uuidRule);
  const enabled = loadBalancer.enabled && listener.enabled;
  const lines = [
    text`# Configuration for Loadbalancer ${loadBalancerId}`,
    enabled ? text`# Configuration for Listener ${id}` : text`# Listener ${id} is disabled`,
    EMPTY,
    text`net_namespace amphora-haproxy`,
    EMPTY,
  ];
  const pool = listener.default_pool_id === null ? undefined : index.pools.get(listener.default_pool_id);
  if (enabled && pool !== undefined) {
    const monitor = index.monitorByPool.get(pool.id);
    const monitoring = monitor ? attempt(() => monitoringOf(monitor, basePath)) : null;
    for (const family of ['ipv4', 'ipv6'] as const) {
      for (const line of familyLines(index, listener, pool, monitoring, attempt, family)) lines.push(line);
    }
  }
  while (lines.at(-1) === EMPTY) lines.pop();
  return toFile(lines);
};
