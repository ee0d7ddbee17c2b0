import * as fc from 'fast-check';
import { isLvs } from '../../../lib/models/objects/listener.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import { uuid } from '../../fixtures/render/tree.ts';
import { oneOf, rarely } from '../render/trees/values.ts';

/** A heartbeat as the agent's JSON has it. */
export interface Heartbeat {
  readonly id: string;
  readonly seq: number;
  /** Missing before there were versions. */
  readonly ver?: number;
  readonly listeners: Readonly<Record<string, object>>;
  readonly pools?: Readonly<Record<string, object>>;
}

/** The most of each that a tree has. */
export const LISTENERS = 3;
export const POOLS = 3;
export const MEMBERS = 3;

const memberWord = oneOf('UP', 'UP', 'UP 1/3', 'DOWN', 'DOWN 1/2', 'DRAIN', 'MAINT', 'no check', 'RESTARTING', 'NOLB');
const stats = { tx: 0, rx: 0, conns: 0, totconns: 0, ereq: 0 };
/** A listener that is not in the table. */
const STRANGER = uuid('b', 99);

/** Words for as many objects as there may be; null: not reported. */
const words = <T>(word: fc.Arbitrary<T>, length: number): fc.Arbitrary<readonly (T | null)[]> =>
  fc.array(rarely(8, fc.constant(null), word), { minLength: length, maxLength: length });

const poolWords = fc.record({
  status: rarely(8, oneOf('DOWN', 'MAINT'), fc.constant('UP' as const)),
  members: words(memberWord, MEMBERS),
});

export const heartbeatParts = fc.record({
  amphora: fc.nat(1),
  ver: oneOf(3, 3, 3, 2, 2, 1, null),
  isEmpty: rarely(10, fc.constant(true), fc.constant(false)),
  listeners: words(rarely(6, oneOf('FULL', 'STOP'), fc.constant('OPEN' as const)), LISTENERS),
  hasStranger: rarely(10, fc.constant(true), fc.constant(false)),
  // One for each listener that may use the pool: haproxy has a backend for each.
  pools: fc.array(words(poolWords, LISTENERS), { minLength: POOLS, maxLength: POOLS }),
});

type HeartbeatParts = typeof heartbeatParts extends fc.Arbitrary<infer T> ? T : never;

const poolReports = (
  { pools, members, listeners }: LoadBalancerTree,
  parts: HeartbeatParts,
): readonly (readonly [string, object])[] =>
  pools.flatMap((pool, place) => {
    const own = members.filter(({ pool_id }) => pool_id === pool.id);
    const users = listeners.filter(({ default_pool_id }) => default_pool_id === pool.id);
    // keepalived has one text for each listener, and names the pool alone.
    const keys = isLvs(pool) || users.length === 0 ? [pool.id] : users.map(({ id }) => `${pool.id}:${id}`);
    return keys.flatMap((key, use) => {
      const said = parts.pools[place]?.[use] ?? null;
      if (said === null) return [];
      const reported = own.flatMap(({ id }, index) => {
        const word = said.members[index] ?? null;
        return word === null ? [] : [[id, word] as const];
      });
      return [[key, { status: said.status, members: Object.fromEntries(reported) }] as const];
    });
  });

/** The heartbeat that the parts come to for a tree. */
export const heartbeatOf = (tree: LoadBalancerTree, parts: HeartbeatParts, seq: number): Heartbeat => {
  const { amphora, ver, isEmpty, hasStranger } = parts;
  const head = { id: tree.amphorae[amphora % tree.amphorae.length]?.id ?? '', seq, ...(ver !== null && { ver }) };
  if (isEmpty) return { ...head, ver: 3, listeners: {}, pools: {} };
  const said = tree.listeners.flatMap(({ id }, index) => {
    const status = parts.listeners[index] ?? null;
    return status === null ? [] : [[id, { status, stats }] as const];
  });
  const listeners = hasStranger ? [...said, [STRANGER, { status: 'OPEN', stats }] as const] : said;
  const pools = poolReports(tree, parts);
  if (ver !== null && ver >= 2) {
    return { ...head, listeners: Object.fromEntries(listeners), pools: Object.fromEntries(pools) };
  }
  // Each listener of an old agent carries the pools of its own process.
  const owned = (listenerId: string) =>
    listenerId === STRANGER ? [] : pools.filter(([key]) => !key.includes(':') || key.endsWith(`:${listenerId}`));
  return {
    ...head,
    listeners: Object.fromEntries(
      listeners.map(([id, report]) => [id, { ...report, pools: Object.fromEntries(owned(id)) }] as const),
    ),
  };
};
