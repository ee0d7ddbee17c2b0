import type { Listener } from '../models/objects/listener.ts';
import type { LoadBalancer } from '../models/objects/load-balancer.ts';
import type { Member, Pool } from '../models/objects/pool.ts';
import { OperatingStatus, ProvisioningStatus } from '../models/statuses.ts';
import type { HeartbeatMessage, ReportedPool } from './message.ts';

const { ONLINE, OFFLINE, DEGRADED, ERROR, DRAINING, NO_MONITOR } = OperatingStatus;

/** What a heartbeat says of the objects; one that is missing here stays as it is. */
export interface Statuses {
  readonly loadBalancer: OperatingStatus;
  /** By the id of a listener, pool or member. */
  readonly objects: ReadonlyMap<string, OperatingStatus>;
}

/** The parts of a tree that statuses follow from. */
export interface Observed {
  readonly load_balancer: Pick<LoadBalancer, 'enabled' | 'provisioning_status'>;
  readonly listeners: readonly Pick<Listener, 'id' | 'enabled'>[];
  readonly pools: readonly Pick<Pool, 'id'>[];
  readonly members: readonly Pick<Member, 'id' | 'pool_id' | 'operating_status'>[];
}

/** The parts of a heartbeat that statuses follow from. */
export type Reported = Pick<HeartbeatMessage, 'pools'> & {
  readonly listeners: ReadonlyMap<string, { readonly status: string }>;
};

/** What a member's own word means; null leaves its status alone. */
const memberStatus = (reported: string): OperatingStatus | null => {
  if (reported.startsWith('UP')) return ONLINE;
  if (reported.startsWith('DOWN')) return ERROR;
  switch (reported) {
    case 'DRAIN':
      return DRAINING;
    case 'MAINT':
      return OFFLINE;
    case 'no check':
      return NO_MONITOR;
    default:
      // RESTARTING: the checker of the members is just starting.
      return null;
  }
};

const listenerStatus = (
  reported: string | undefined,
  expected: boolean,
): { readonly own: OperatingStatus | null; readonly degrades: boolean } => {
  if (reported === undefined) return { own: expected ? ERROR : OFFLINE, degrades: false };
  if (reported === 'OPEN') return { own: ONLINE, degrades: false };
  if (reported === 'FULL') return { own: DEGRADED, degrades: true };
  return { own: null, degrades: false };
};

const poolStatus = (reported: string): OperatingStatus | null =>
  reported === 'UP' ? ONLINE : reported === 'DOWN' ? ERROR : null;

/** Derives the operating statuses from one amphora's heartbeat: listeners first, then pools with their members. */
export const statusesOf = (tree: Observed, reported: Reported): Statuses => {
  const { enabled, provisioning_status } = tree.load_balancer;
  const objects = new Map<string, OperatingStatus>();
  let loadBalancer: OperatingStatus = enabled ? ONLINE : OFFLINE;
  const degrade = (): void => {
    if (loadBalancer === ONLINE) loadBalancer = DEGRADED;
  };

  for (const listener of tree.listeners) {
    const expected = listener.enabled && provisioning_status === ProvisioningStatus.ACTIVE;
    const { own, degrades } = listenerStatus(reported.listeners.get(listener.id)?.status, expected);
    if (own !== null) objects.set(listener.id, own);
    if (degrades) degrade();
  }

  const membersOf = Map.groupBy(tree.members, ({ pool_id }) => pool_id);
  /** @returns true when one of them is down */
  const setMembers = (id: string, { members }: ReportedPool): boolean => {
    let down = false;
    for (const member of membersOf.get(id) ?? []) {
      const word = members.get(member.id);
      const absent = member.operating_status === NO_MONITOR ? null : OFFLINE;
      const own = word === undefined ? absent : memberStatus(word);
      if (own !== null) objects.set(member.id, own);
      down ||= own === ERROR;
    }
    return down;
  };

  for (const pool of tree.pools) {
    const report = reported.pools.get(pool.id);
    if (report === undefined) {
      objects.set(pool.id, OFFLINE);
      continue;
    }
    let own = poolStatus(report.status);
    if (own === ERROR) loadBalancer = ERROR;
    if (setMembers(pool.id, report) && own === ONLINE) {
      own = DEGRADED;
      degrade();
    }
    if (own !== null) objects.set(pool.id, own);
  }
  return { loadBalancer, objects };
};

/** Worst first. */
const RANK: readonly OperatingStatus[] = [ERROR, DEGRADED, OFFLINE, DRAINING, NO_MONITOR, ONLINE];

const worse = (one: OperatingStatus, other: OperatingStatus): OperatingStatus =>
  RANK.indexOf(one) <= RANK.indexOf(other) ? one : other;

/** Of several amphorae the worst word counts for each object, so that they do not take turns in it. */
export const worstOf = (first: Statuses, ...others: readonly Statuses[]): Statuses =>
  others.reduce((worst, { loadBalancer, objects }) => {
    const all = new Map(worst.objects);
    for (const [id, status] of objects) all.set(id, worse(all.get(id) ?? status, status));
    return { loadBalancer: worse(worst.loadBalancer, loadBalancer), objects: all };
  }, first);
