import ipaddr from 'ipaddr.js';
import { type NewBeat, recordBeat } from '../../repositories/beats.ts';
import type { Outcome } from '../counters.ts';
import { expectedListeners, reportsAll } from '../listener-count.ts';
import type { HeartbeatMessage } from '../message.ts';
import { orderOf } from '../sequence.ts';
import type { Patience } from '../silence.ts';
import { type AmphoraView, readView } from './amphora-view.ts';
import { applyStatuses, digestOf } from './apply-statuses.ts';
import { countTraffic } from './count-traffic.ts';
import type { Known, KnownAmphorae, Seen } from './known-amphorae.ts';

/** A heartbeat as it came in. */
export interface Arrival {
  readonly message: HeartbeatMessage;
  /** Where it came from. */
  readonly address: string;
  /** ms since 1970. */
  readonly receivedAt: number;
  /** Signed with the previous key. */
  readonly formerKey: boolean;
}

export interface HandleBeatOptions extends Pick<Patience, 'intervalMs' | 'timeoutMs'> {
  readonly now: () => number;
  readonly known: KnownAmphorae;
}

/** A load balancer at rest is read again after this time at the latest, whatever its amphora says. */
const READ_AGAIN_MS = 30_000;

const canonical = (address: string): string | null => {
  const [bare = ''] = address.split('%');
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : null;
};

/** Also an IPv4 address that a socket for both families shows as IPv6, and a link-local one with its interface. */
export const isSameAddress = (one: string, other: string): boolean => {
  if (one === other) return one !== '';
  const known = canonical(one);
  return known !== null && known === canonical(other);
};

const iso = (moment: number): string => new Date(moment).toISOString();

/**
 * Handles a heartbeat that was opened already: says what became of it, and writes what it changes. Nothing is written
 * for one that is not accepted.
 * @throws whatever the table's client throws
 */
export const createHandleBeat = ({ now, intervalMs, timeoutMs, known }: HandleBeatOptions) => {
  const isFresh = (seen: Seen, digest: string): boolean =>
    seen.settled && seen.digest === digest && now() - seen.at < READ_AGAIN_MS;

  /** Records it as the amphora's last one; `retry` when another receiver has recorded one meanwhile. */
  const record = async (of: Known, { message, receivedAt, formerKey }: Arrival, expected: number | null) => {
    const { id, load_balancer_id, cached_zone } = of.amphora;
    const beat: NewBeat = {
      amphora_id: id,
      loadbalancer_id: load_balancer_id,
      zone: cached_zone,
      sequence: message.sequence,
      at: iso(receivedAt),
      formerKey,
      listeners: reportsAll(message, expected) ? null : { reported: message.listeners.size, expected: expected ?? 0 },
    };
    const found = await recordBeat(beat, of.last?.sequence ?? null);
    if (found === null) {
      of.last = { sequence: message.sequence, at: receivedAt };
      of.heardAt = receivedAt;
      return 'recorded';
    }
    // Another's amphora now: what is known of it is of former times.
    if (found === 'missing' || found.loadbalancer_id !== load_balancer_id) return 'missing';
    of.last = { sequence: found.sequence, at: Date.parse(found.heard_at ?? found.well_at) };
    return 'retry';
  };

  const isReplay = (of: Known, { message, receivedAt }: Arrival): boolean =>
    orderOf(of.last, message.sequence, receivedAt, intervalMs) === 'replay';

  const seenOf = (view: AmphoraView, message: HeartbeatMessage, digest: string): Seen => ({
    at: now(),
    digest,
    settled: view.settled,
    expected: view.speaks
      ? expectedListeners(view.tree, view.changes, message.version, view.amphora.pushed?.files)
      : null,
    listenerIds: new Set(view.tree.listeners.map(({ id }) => id)),
  });

  const handle = async (arrival: Arrival, attempt: number): Promise<Outcome> => {
    const { message, address, receivedAt } = arrival;
    const { amphoraId } = message;
    // Who handles it so late knows what was, not what is: a backlog must not keep a dead amphora alive.
    if (now() - receivedAt >= intervalMs) return 'late';
    const of = await known.find(amphoraId);
    if (typeof of === 'string') return of;
    if (!isSameAddress(of.amphora.lb_network_ip ?? '', address)) return 'wrong-source';
    if (isReplay(of, arrival)) return 'replay';

    const loadBalancerId = of.amphora.load_balancer_id;
    const digest = digestOf(message);
    const saysSomethingNew = of.seen?.digest !== digest;
    let view: AmphoraView | null = null;
    if (loadBalancerId !== null && (of.seen === null || !isFresh(of.seen, digest))) {
      view = await readView(amphoraId, loadBalancerId);
      if (view === null) {
        known.forget(amphoraId);
        return 'zombie';
      }
    }
    const seen = view === null ? of.seen : seenOf(view, message, digest);
    const recorded = await record(of, arrival, seen?.expected ?? null);
    if (recorded !== 'recorded') {
      if (recorded === 'missing') known.forget(amphoraId);
      return attempt === 1 ? await handle(arrival, 2) : 'replay';
    }
    if (view !== null) await applyStatuses(view, message, saysSomethingNew, iso(receivedAt - timeoutMs));
    // Only what was applied is not looked at again.
    of.seen = seen;
    if (loadBalancerId !== null && seen !== null) {
      await countTraffic(message, loadBalancerId, seen.listenerIds, of.counted, receivedAt);
    }
    return 'accepted';
  };

  return async (arrival: Arrival): Promise<Outcome> => await handle(arrival, 1);
};
