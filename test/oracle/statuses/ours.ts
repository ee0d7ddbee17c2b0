import { lacksHaproxyReport } from '../../../lib/health/haproxy-report.ts';
import { speaks } from '../../../lib/health/hearing/amphora-view.ts';
import { withStatuses } from '../../../lib/health/hearing/observed-tree.ts';
import { expectedListeners, reportsAll } from '../../../lib/health/listener-count.ts';
import { type HeartbeatMessage, readMessage } from '../../../lib/health/message.ts';
import { type Statuses, statusesOf, worstOf } from '../../../lib/health/operating-statuses.ts';
import type { LoadBalancerTree } from '../../../lib/models/objects/tree.ts';
import { OperatingStatus } from '../../../lib/models/statuses.ts';
import type { Heartbeat } from './heartbeats.ts';

/** Operating statuses by id, and whether the heartbeat counts as a sign of life. */
export interface Reading {
  readonly statuses: Readonly<Record<string, string>>;
  readonly alive: boolean;
}

/** A heartbeat read, and what rows have to know of it. */
export interface Read {
  readonly reading: Reading;
  readonly message: HeartbeatMessage;
  /** What each of the amphorae says of the objects; the sender's first. */
  readonly views: readonly Statuses[];
  /** Why nothing follows for the objects; null when something does. */
  readonly ignored: 'lacks haproxy' | 'amphora does not serve' | null;
}

const messageOf = (heartbeat: Heartbeat): HeartbeatMessage => {
  const message = readMessage(heartbeat);
  if (message === null) throw new Error(`not read as a heartbeat: ${JSON.stringify(heartbeat)}`);
  return message;
};

/** Reads a heartbeat as a receiver does. @param latest the last heartbeat of each amphora before, by its id */
export const findHeartbeat = (
  tree: LoadBalancerTree,
  heartbeat: Heartbeat,
  latest: ReadonlyMap<string, Heartbeat>,
): Read => {
  const message = messageOf(heartbeat);
  const others = tree.amphorae.flatMap((amphora) => {
    const last = latest.get(amphora.id);
    return amphora.id === heartbeat.id || last === undefined || !speaks(amphora)
      ? []
      : [statusesOf(tree, messageOf(last))];
  });
  const sender = tree.amphorae.find(({ id }) => id === heartbeat.id);
  const serves = sender !== undefined && speaks(sender);
  const ignored = !serves ? 'amphora does not serve' : lacksHaproxyReport(tree, message) ? 'lacks haproxy' : null;
  const own = statusesOf(tree, message);
  const { load_balancer, listeners, pools, members } =
    ignored === null ? withStatuses(worstOf(own, ...others), tree) : tree;
  return {
    message,
    ignored,
    views: [own, ...others],
    reading: {
      statuses: Object.fromEntries(
        [load_balancer, ...listeners, ...pools, ...members].map(({ id, operating_status }) => [id, operating_status]),
      ),
      alive: reportsAll(message, expectedListeners(tree, new Map(), message.version, undefined)),
    },
  };
};

/** The tree with these operating statuses, by id; an object without one keeps its own. */
export const setStatuses = (tree: LoadBalancerTree, statuses: Readonly<Record<string, string>>): LoadBalancerTree => {
  const set = <T extends { readonly id: string; readonly operating_status: OperatingStatus }>(object: T): T => {
    const found = Object.values(OperatingStatus).find((status) => status === statuses[object.id]);
    return found === undefined ? object : { ...object, operating_status: found };
  };
  return {
    ...tree,
    load_balancer: set(tree.load_balancer),
    listeners: tree.listeners.map(set),
    pools: tree.pools.map(set),
    members: tree.members.map(set),
  };
};
