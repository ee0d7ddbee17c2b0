import { createHash } from 'node:crypto';
import type { Report } from '../../models/health.ts';
import { type StatusChange, writeStatuses } from '../../repositories/operating-statuses.ts';
import { putReport, readReport } from '../../repositories/reports.ts';
import type { HeartbeatMessage } from '../message.ts';
import { type Reported, type Statuses, statusesOf, worstOf } from '../operating-statuses.ts';
import type { AmphoraView } from './amphora-view.ts';

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

/** Two heartbeats with the same digest say the same of the objects, whatever they count. */
export const digestOf = (message: HeartbeatMessage): string =>
  createHash('sha1')
    .update(JSON.stringify(reportOf(message)))
    .digest('base64');

const changesBetween = ({ tree }: AmphoraView, { loadBalancer, objects }: Statuses): readonly StatusChange[] => {
  const all: readonly StatusChange['of'][] = [
    ...tree.listeners.map((object) => ({ kind: 'listener' as const, object })),
    ...tree.pools.map((object) => ({ kind: 'pool' as const, object })),
    ...tree.members.map((object) => ({ kind: 'member' as const, object })),
  ];
  const below = all.flatMap((of) => {
    const to = objects.get(of.object.id);
    return to === undefined || to === of.object.operating_status ? [] : [{ of, to }];
  });
  const { load_balancer } = tree;
  return load_balancer.operating_status === loadBalancer
    ? below
    : [...below, { of: { kind: 'load_balancer', object: load_balancer }, to: loadBalancer }];
};

/**
 * Gives the objects the statuses that follow from what all amphorae of the load balancer say.
 * @param wellSince ISO 8601: what an amphora said that has not been well since does not count
 */
export const applyStatuses = async (
  view: AmphoraView,
  message: HeartbeatMessage,
  saysSomethingNew: boolean,
  wellSince: string,
): Promise<void> => {
  if (!view.speaks) return;
  const own = reportOf(message);
  if (view.others.length > 0 && saysSomethingNew) await putReport(own);
  const others = await Promise.all(view.others.map((id) => readReport(id, wellSince)));
  const views = others.flatMap((report) => (report === null ? [] : [statusesOf(view.tree, reported(report))]));
  await writeStatuses(changesBetween(view, worstOf(statusesOf(view.tree, reported(own)), ...views)));
};
