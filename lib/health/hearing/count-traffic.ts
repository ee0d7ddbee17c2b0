import { countStatistics } from '../../repositories/health/statistics.ts';
import { allEnded } from '../../tools/all-ended.ts';
import { type Counters, DELTA_VERSION, type HeartbeatMessage } from '../message.ts';

/** What was written last for a listener, as text. */
export type Counted = Map<string, string>;

/** True when writing it would change nothing. */
const isKnown = (counted: Counted, listenerId: string, { tx, rx, conns, totconns, ereq }: Counters, added: boolean) => {
  const last = counted.get(listenerId);
  if (last === undefined) return false;
  return added
    ? tx + rx + totconns + ereq === 0 && last === String(conns)
    : last === JSON.stringify([tx, rx, conns, totconns, ereq]);
};

/**
 * Adds what an amphora has counted to the statistics of those listeners that exist.
 * @param counted what this receiver knows to be written; kept up to date
 */
export const countTraffic = async (
  message: HeartbeatMessage,
  loadBalancerId: string,
  listenerIds: ReadonlySet<string>,
  counted: Counted,
  receivedAt: number,
): Promise<void> => {
  const added = message.version >= DELTA_VERSION;
  const changed = [...message.listeners].filter(
    ([id, { stats }]) => listenerIds.has(id) && !isKnown(counted, id, stats, added),
  );
  await allEnded(
    changed.map(async ([listenerId, { stats }]) => {
      const { tx, rx, conns, totconns, ereq } = stats;
      const row = {
        loadbalancer_id: loadBalancerId,
        listener_id: listenerId,
        amphora_id: message.amphoraId,
        bytes_in: rx,
        bytes_out: tx,
        active_connections: conns,
        total_connections: totconns,
        request_errors: ereq,
      };
      await countStatistics(row, `${message.sequence}@${receivedAt}`, added);
      counted.set(listenerId, added ? String(conns) : JSON.stringify([tx, rx, conns, totconns, ereq]));
    }),
  );
};
