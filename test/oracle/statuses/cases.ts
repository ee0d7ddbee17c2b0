import * as fc from 'fast-check';
import type { AmphoraRole } from '../../../lib/models/amphora.ts';
import type { LoadBalancerTree } from '../../../lib/models/tree.ts';
import {
  activeStandby,
  aListener,
  aLoadBalancer,
  aMember,
  anAmphora,
  aPool,
  aTree,
  uuid,
} from '../../fixtures/render/tree.ts';
import { oneOf, rarely } from '../render/trees/values.ts';

/** A heartbeat as the agent's JSON has it. */
export interface Beat {
  readonly id: string;
  readonly seq: number;
  /** Missing before there were versions. */
  readonly ver?: number;
  readonly listeners: Readonly<Record<string, object>>;
  readonly pools?: Readonly<Record<string, object>>;
}

/** A load balancer, and what its amphorae report of it one after the other. */
export interface StatusCase {
  readonly tree: LoadBalancerTree;
  readonly beats: readonly Beat[];
}

const operating = oneOf('ONLINE', 'OFFLINE', 'ERROR', 'NO_MONITOR', 'DEGRADED', 'DRAINING');
const on = rarely(5, fc.constant(false), fc.constant(true));

/** What hangs on a load balancer that nothing changes is ACTIVE or in ERROR. */
const provisioning = (isSettled: boolean) =>
  isSettled
    ? rarely(8, fc.constant('ERROR' as const), fc.constant('ACTIVE' as const))
    : oneOf('ACTIVE', 'ERROR', 'PENDING_CREATE', 'PENDING_UPDATE');

const listenerParts = (isSettled: boolean) =>
  fc.record({
    protocol: oneOf('HTTP', 'TCP', 'TERMINATED_HTTPS', 'UDP', 'SCTP'),
    enabled: on,
    operating_status: operating,
    provisioning_status: provisioning(isSettled),
    pool: fc.option(fc.nat(3), { nil: null }),
  });

const poolParts = fc.record({
  isLvs: rarely(4, fc.constant(true), fc.constant(false)),
  operating_status: operating,
  members: fc.array(fc.record({ enabled: on, operating_status: operating }), { maxLength: 3 }),
});

const amphoraParts = fc.record({
  status: rarely(8, oneOf('ERROR', 'PENDING_DELETE'), fc.constant('ALLOCATED' as const)),
  hasRole: rarely(8, fc.constant(false), fc.constant(true)),
});

const treeParts = fc
  .record({
    enabled: on,
    provisioning_status: rarely(4, oneOf('PENDING_UPDATE', 'PENDING_CREATE', 'ERROR'), fc.constant('ACTIVE' as const)),
    operating_status: operating,
  })
  .chain((owner) =>
    fc.record({
      owner: fc.constant(owner),
      listeners: fc.array(listenerParts(!owner.provisioning_status.startsWith('PENDING')), { maxLength: 3 }),
      pools: fc.array(poolParts, { maxLength: 3 }),
      amphorae: fc.array(amphoraParts, { minLength: 1, maxLength: 2 }),
    }),
  );

type Parts = typeof treeParts extends fc.Arbitrary<infer T> ? T : never;

const treeOf = ({ owner, listeners, pools, amphorae }: Parts): LoadBalancerTree => {
  const isPair = amphorae.length > 1;
  return aTree({
    load_balancer: (isPair ? activeStandby : aLoadBalancer)(owner),
    listeners: listeners.map(({ pool, ...parts }, index) =>
      aListener(index + 1, {
        ...parts,
        protocol_port: index + 1,
        default_pool_id: pool === null || pools.length === 0 ? null : uuid('c', (pool % pools.length) + 1),
      }),
    ),
    pools: pools.map(({ isLvs, operating_status }, index) =>
      aPool(index + 1, { operating_status, protocol: isLvs ? 'UDP' : 'HTTP' }),
    ),
    members: pools
      .flatMap(({ members }, index) => members.map((parts) => ({ ...parts, pool_id: uuid('c', index + 1) })))
      .map((parts, index) => aMember(index + 1, parts)),
    amphorae: amphorae.map(({ status, hasRole }, index) => {
      const role: AmphoraRole = isPair ? (index === 0 ? 'MASTER' : 'BACKUP') : 'STANDALONE';
      return anAmphora(index + 1, { status, role: hasRole ? role : null });
    }),
  });
};

const memberWord = oneOf('UP', 'UP', 'UP 1/3', 'DOWN', 'DOWN 1/2', 'DRAIN', 'MAINT', 'no check', 'RESTARTING', 'NOLB');
const stats = { tx: 0, rx: 0, conns: 0, totconns: 0, ereq: 0 };

/** Some of the entries, most of the time all of them. */
const mostOf = <T>(ids: readonly string[], value: fc.Arbitrary<T>): fc.Arbitrary<Readonly<Record<string, T>>> =>
  rarely(3, fc.subarray([...ids]), fc.constant([...ids])).chain((chosen) =>
    fc.record(Object.fromEntries(chosen.map((id) => [id, value]))),
  );

const poolReports = ({ pools, members, listeners }: LoadBalancerTree) =>
  mostOf(
    pools.map(({ id }) => id),
    fc.constant(null),
  ).chain((chosen) => {
    const reports = Object.keys(chosen).flatMap((poolId) => {
      const own = members.filter(({ pool_id }) => pool_id === poolId).map(({ id }) => id);
      const report = fc.record({
        status: rarely(8, oneOf('DOWN', 'MAINT'), fc.constant('UP')),
        members: mostOf(own, memberWord),
      });
      const isOfLvs = pools.find(({ id }) => id === poolId)?.protocol === 'UDP';
      const users = listeners.filter(({ default_pool_id }) => default_pool_id === poolId);
      // haproxy has one backend for each listener that uses the pool.
      const keys = isOfLvs || users.length === 0 ? [poolId] : users.map(({ id }) => `${poolId}:${id}`);
      return keys.map((key) => [key, report] as const);
    });
    return fc.record(Object.fromEntries(reports));
  });

const beatOf = (tree: LoadBalancerTree, seq: number): fc.Arbitrary<Beat> => {
  const listenerReport = fc.record({
    status: rarely(6, oneOf('FULL', 'STOP'), fc.constant('OPEN')),
    stats: fc.constant(stats),
  });
  const ids = [...tree.listeners.map(({ id }) => id)];
  const head = {
    id: oneOf(...tree.amphorae.map(({ id }) => id)),
    seq: fc.constant(seq),
    listeners: rarely(8, mostOf([...ids, uuid('b', 99)], listenerReport), mostOf(ids, listenerReport)),
  };
  const newer = fc.record({ ...head, ver: oneOf(2, 3), pools: poolReports(tree) });
  // Each listener of an old agent carries the pools of its own process: those of the one that it is about.
  const older = fc
    .tuple(fc.record(head), poolReports(tree), oneOf<{ readonly ver?: number }>({}, { ver: 1 }))
    .map(([beat, pools, version]): Beat => {
      const owned = (listenerId: string) =>
        Object.entries(pools).filter(([key]) => !key.includes(':') || key.endsWith(`:${listenerId}`));
      const listeners = Object.entries(beat.listeners).map(
        ([id, report]) =>
          [id, { ...report, pools: id === uuid('b', 99) ? {} : Object.fromEntries(owned(id)) }] as const,
      );
      return { ...beat, ...version, listeners: Object.fromEntries(listeners) };
    });
  const empty = fc.record({
    id: head.id,
    seq: head.seq,
    ver: fc.constant(3),
    listeners: fc.constant({}),
    pools: fc.constant({}),
  });
  return fc.oneof({ weight: 8, arbitrary: newer }, { weight: 3, arbitrary: older }, { weight: 1, arbitrary: empty });
};

export const statusCase: fc.Arbitrary<StatusCase> = treeParts
  .map(treeOf)
  .chain((tree) =>
    fc.record({ tree: fc.constant(tree), beats: fc.tuple(beatOf(tree, 1), beatOf(tree, 2), beatOf(tree, 3)) }),
  );
