import { isSameAddress } from '../../tools/addresses.ts';
import { allEnded } from '../../tools/all-ended.ts';
import type { Outcome } from '../counters.ts';
import { lacksHaproxyReport } from '../haproxy-report.ts';
import { expectedListeners } from '../listener-count.ts';
import type { HeartbeatMessage } from '../message.ts';
import { orderOf } from '../sequence.ts';
import type { Patience } from '../silence.ts';
import { type AmphoraView, readView } from './amphora-view.ts';
import { applyStatuses, applyToRemembered, digestOf } from './apply-statuses.ts';
import type { Arrival } from './arrival.ts';
import { countTraffic } from './count-traffic.ts';
import type { Known, KnownAmphorae, Seen } from './known-amphorae.ts';
import type { ObservedTree } from './observed-tree.ts';
import { recordArrival } from './record-arrival.ts';
import { createTreeMemory, spokenOf } from './tree-memory.ts';

export interface HandleHeartbeatOptions extends Pick<Patience, 'intervalMs' | 'timeoutMs'> {
  readonly now: () => number;
  readonly known: KnownAmphorae;
}

/** A load balancer without changes is read again after this time at the latest, whatever its amphora reports. */
const READ_AGAIN_MS = 30_000;
/** Objects that are remembered, some 300 bytes each. */
const REMEMBERED_OBJECTS = 200_000;
/** Heartbeats of one amphora that may be recorded by others before this one is. */
const ATTEMPTS = 3;

const iso = (moment: number): string => new Date(moment).toISOString();

/** By what a heartbeat's words are judged. */
interface Basis {
  readonly digest: string;
  readonly seen: Seen;
  /** As it is remembered, where that will do; else null. */
  readonly tree: ObservedTree | null;
  /** As it was read for this heartbeat; else null. */
  readonly view: AmphoraView | null;
}

/**
 * Handles a heartbeat that was opened already: says what became of it, and writes what it changes. Nothing is written
 * for one that is not accepted.
 * @throws whatever the table's client throws
 */
export const createHandleHeartbeat = ({ now, intervalMs, timeoutMs, known }: HandleHeartbeatOptions) => {
  const trees = createTreeMemory(REMEMBERED_OBJECTS);
  const forget = (amphoraId: string): void => {
    known.forget(amphoraId);
    trees.forget(amphoraId);
  };

  /** No load balancer has it any more, and it sends heartbeats. */
  const gone = (amphoraId: string): Outcome => {
    forget(amphoraId);
    return 'zombie';
  };
  /** So that it is read again, whatever the amphora says. */
  const forgetTree = (of: Known): void => {
    of.seen = null;
    trees.forget(of.amphora.id);
  };

  const isRecent = (seen: Seen | null): boolean => seen?.settled === true && now() - seen.at < READ_AGAIN_MS;

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

  /** The load balancer as it was left, when only words about it are new: nothing else can follow from reading it again. */
  const rememberedFor = (message: HeartbeatMessage): ObservedTree | null => {
    const remembered = trees.find(message.amphoraId);
    return remembered?.spokenOf === spokenOf(message) ? remembered.tree : null;
  };

  /** Only what was applied is not looked at again. */
  const remember = (of: Known, message: HeartbeatMessage, seen: Seen, tree: ObservedTree | null): void => {
    of.seen = seen;
    if (tree === null) trees.forget(message.amphoraId);
    else trees.keep(message.amphoraId, { tree, spokenOf: spokenOf(message) });
  };

  /** For `timeoutMs` the statuses stay as they are; from then on the amphora fails over anyway, for want of its listeners. */
  const isSilenceOfHaproxy = (of: Known, { message, receivedAt }: Arrival, { tree }: AmphoraView): boolean => {
    of.haproxySilentSince = lacksHaproxyReport(tree, message) ? (of.haproxySilentSince ?? receivedAt) : null;
    return of.haproxySilentSince !== null && receivedAt - of.haproxySilentSince < timeoutMs;
  };

  /** Writes what follows from it for the objects, by the tree that was read now, or else by the one that is remembered. */
  const apply = async (of: Known, arrival: Arrival, loadBalancerId: string, by: Basis): Promise<'applied' | 'gone'> => {
    const { message, receivedAt } = arrival;
    const { digest } = by;
    const changed = by.tree === null ? null : await applyToRemembered(by.tree, message);
    if (changed !== null) {
      remember(of, message, { ...by.seen, digest }, changed);
      return 'applied';
    }
    const view = by.view ?? (await readView(message.amphoraId, loadBalancerId));
    if (view === null) return 'gone';
    if (isSilenceOfHaproxy(of, arrival, view)) {
      forgetTree(of);
      return 'applied';
    }
    const left = await applyStatuses(view, message, of.seen?.digest !== digest, iso(receivedAt - timeoutMs));
    remember(of, message, by.view === null ? seenOf(view, message, digest) : by.seen, left);
    return 'applied';
  };

  const handle = async (arrival: Arrival, attempt: number): Promise<Outcome> => {
    const { message, address, receivedAt } = arrival;
    const { amphoraId } = message;
    // A heartbeat that is handled so late describes the past: a backlog must not keep a dead amphora alive.
    if (now() - receivedAt >= intervalMs) return 'late';
    const of = await known.find(amphoraId);
    if (typeof of === 'string') return of;
    // A socket for both families shows an IPv4 address as IPv6, and a link-local one with its interface.
    if (!isSameAddress(of.amphora.lb_network_ip ?? '', address)) return 'wrong-source';
    if (!arrival.ownKey && of.ownKey) return 'bad-mac';
    if (isReplay(of, arrival)) return 'replay';

    const loadBalancerId = of.amphora.load_balancer_id;
    const digest = digestOf(message);
    const saysSomethingNew = of.seen?.digest !== digest;
    const tree = saysSomethingNew && isRecent(of.seen) ? rememberedFor(message) : null;
    let seen = of.seen;
    let view: AmphoraView | null = null;
    if (loadBalancerId !== null && (!isRecent(seen) || (saysSomethingNew && tree === null))) {
      view = await readView(amphoraId, loadBalancerId);
      if (view === null) return gone(amphoraId);
      seen = seenOf(view, message, digest);
    }
    const recording = await recordArrival(of, arrival, digest, seen?.expected ?? null);
    if (recording !== 'recorded') {
      if (recording === 'missing') forget(amphoraId);
      if (recording === 'other-words') forgetTree(of);
      return attempt < ATTEMPTS ? await handle(arrival, attempt + 1) : 'replay';
    }
    if (loadBalancerId === null || seen === null) return 'accepted';

    const isNew = saysSomethingNew || view !== null;
    const applying = isNew ? apply(of, arrival, loadBalancerId, { digest, seen, tree, view }) : Promise.resolve(null);
    const counting = countTraffic(message, loadBalancerId, seen.listenerIds, of.counted, receivedAt);
    await allEnded([applying, counting]);
    return (await applying) === 'gone' ? gone(amphoraId) : 'accepted';
  };

  return async (arrival: Arrival): Promise<Outcome> => await handle(arrival, 1);
};
