import { hash } from 'node:crypto';
import type { Report } from '../../models/health.ts';
import { Topology } from '../../models/objects/load-balancer.ts';
import { findReport, putReport } from '../../repositories/health/reports.ts';
import { writeStatuses } from '../../repositories/objects/operating-statuses.ts';
import type { HeartbeatMessage } from '../message.ts';
import { type Reported, type Statuses, statusesOf, worstOf } from '../operating-statuses.ts';
import type { AmphoraView } from './amphora-view.ts';
import { changesTo, type ObservedTree, withStatuses } from './observed-tree.ts';

/** Of a message what it says of the objects of a load balancer: what it makes up has no place in a row. */
const within = (message: HeartbeatMessage, { listeners, pools, members }: ObservedTree): HeartbeatMessage => {
  const [listenerIds, poolIds] = [new Set(listeners.map(({ id }) => id)), new Set(pools.map(({ id }) => id))];
  const memberIds = new Set(members.map(({ id }) => id));
  return {
    ...message,
    listeners: new Map([...message.listeners].filter(([id]) => listenerIds.has(id))),
    pools: new Map(
      [...message.pools]
        .filter(([id]) => poolIds.has(id))
        .map(([id, pool]) => [
          id,
          { ...pool, members: new Map([...pool.members].filter(([one]) => memberIds.has(one))) },
        ]),
    ),
  };
};

const reportOf = ({ amphoraId, listeners, pools }: HeartbeatMessage): Report => ({
  amphora_id: amphoraId,
  listeners: Object.fromEntries([...listeners].map(([id, { status }]) => [id, status])),
  pools: Object.fromEntries(
    [...pools].map(([id, { status, members }]) => [id, { status, members: Object.fromEntries(members) }]),
  ),
});

const reported = ({ listeners, pools }: Report): Reported => ({
  listeners: new Map(Object.entries(listeners).map(([id, status]) => [id, { status }])),
  pools: new Map(
    Object.entries(pools).map(([id, { status, members }]) => [
      id,
      { status, members: new Map(Object.entries(members)) },
    ]),
  ),
});

/**
 * Two heartbeats with the same digest say the same of the objects, whatever they count. Of lists: to make and to write objects by ids takes
 * twice as long.
 */
export const digestOf = ({ amphoraId, listeners, pools }: HeartbeatMessage): string => {
  const statuses = [...listeners].map(([id, { status }]) => [id, status]);
  const below = [...pools].map(([id, { status, members }]) => [id, status, [...members]]);
  return hash('sha1', JSON.stringify([amphoraId, statuses, below]), 'base64');
};

/** @returns the tree as it is then; null when a row was not as the tree has it */
const give = async (statuses: Statuses, tree: ObservedTree, underFence: boolean): Promise<ObservedTree | null> => {
  const { id, fence } = tree.load_balancer;
  const changes = changesTo(statuses, tree).map(({ of, to }) =>
    underFence && of.kind === 'load_balancer' ? { of: { ...of, fence }, to } : { of, to },
  );
  const leftOut = await writeStatuses(id, changes);
  return leftOut.length === 0 ? withStatuses(statuses, tree) : null;
};

/**
 * Gives the objects the statuses that follow from what all amphorae of the load balancer say.
 * @param wellSince ISO 8601: what an amphora said that has not been well since does not count
 * @returns what may be remembered of the load balancer; null for nothing, when other amphorae report on it as well, or
 * when a row was changed since it was read, which is left out
 */
export const applyStatuses = async (
  view: AmphoraView,
  message: HeartbeatMessage,
  saysSomethingNew: boolean,
  wellSince: string,
): Promise<ObservedTree | null> => {
  if (!view.speaks) return null;
  const own = statusesOf(view.tree, message);
  if (view.others.length > 0 && saysSomethingNew) await putReport(reportOf(within(message, view.tree)));
  const others = await Promise.all(view.others.map((id) => findReport(id, wellSince)));
  const theirs = others.flatMap((report) => (report === null ? [] : [statusesOf(view.tree, reported(report))]));
  const left = await give(worstOf(own, ...theirs), view.tree, false);
  return view.settled && view.tree.load_balancer.topology === Topology.SINGLE ? left : null;
};

/**
 * The same for a load balancer that is remembered, whose only amphora reports on the same objects as before.
 * @returns what may be remembered now; null when something is not as it was, which is left out
 */
export const applyToRemembered = (tree: ObservedTree, message: HeartbeatMessage): Promise<ObservedTree | null> =>
  give(statusesOf(tree, message), tree, true);
