import type { Row } from '../rows.ts';
import type { StatusCase } from './cases.ts';
import type { Heartbeat } from './heartbeats.ts';
import type { Read } from './ours.ts';

/** One object's status after a heartbeat, or the sign of life (`alive`), that differs. */
export interface StatusDifference {
  /** The object's id, or `alive`. */
  readonly subject: string;
  readonly ours: string;
  readonly upstream: string;
}

/** A heartbeat, as it was read here, and the tree before it. */
export interface Moment {
  readonly tree: StatusCase['tree'];
  readonly heartbeat: Heartbeat;
  readonly read: Read;
}

/** What each amphora says of an object. */
const viewsOf = ({ tree, read }: Moment, subject: string): ReadonlySet<string | undefined> =>
  new Set(
    read.views.map(({ loadBalancer, objects }) =>
      subject === tree.load_balancer.id ? loadBalancer : objects.get(subject),
    ),
  );

/** Pool ids that more than one listener of an old agent reports. */
const reportedTwice = ({ listeners }: Heartbeat): boolean => {
  const keys = Object.values(listeners).flatMap((one) => ('pools' in one && one.pools ? Object.keys(one.pools) : []));
  const ids = keys.map((key) => key.replace(/:.*/, ''));
  return new Set(ids).size < ids.length;
};

/** Reviewed: each is as narrow as its reason. */
export const STATUS_ROWS: readonly Row<StatusDifference, Moment>[] = [
  {
    id: 'empty-heartbeat',
    covers: ({ subject }, { read }) => subject !== 'alive' && read.ignored === 'lacks haproxy',
  },
  {
    id: 'building-amphora',
    covers: ({ subject }, { read }) => subject !== 'alive' && read.ignored === 'amphora does not serve',
  },
  {
    id: 'pair-statuses',
    covers: ({ subject }, moment) => subject !== 'alive' && viewsOf(moment, subject).size > 1,
  },
  {
    id: 'error-listener',
    covers: ({ subject, ours }, { tree }) =>
      subject === 'alive' && ours === 'true' && tree.listeners.some((one) => one.provisioning_status === 'ERROR'),
  },
  {
    id: 'old-heartbeats',
    covers: ({ subject }, { tree, heartbeat, read }) => {
      if (read.message.version >= 2) return false;
      if (subject === 'alive') return tree.listeners.some(({ protocol, enabled }) => protocol === 'UDP' && !enabled);
      return reportedTwice(heartbeat) || tree.listeners.every(({ id }) => !read.message.listeners.has(id));
    },
  },
];

/** The row that explains a difference; null for a fault. */
export const statusRowOf = (difference: StatusDifference, moment: Moment): Row<StatusDifference, Moment> | null =>
  STATUS_ROWS.find(({ covers }) => covers(difference, moment)) ?? null;
