import type { Counts, Outcome } from '../counters.ts';
import { isTooShort, readSigned, type Signed, signedPart } from '../datagram.ts';
import type { Arrival } from './arrival.ts';
import { createBudgets } from './budgets.ts';
import { type Known, type KnownAmphorae, sourceOf } from './known-amphorae.ts';
import { createLanes } from './lanes.ts';

export interface HearDatagramOptions {
  /** The receivers' keys, the current one first. */
  readonly keys: readonly string[];
  readonly known: Pick<KnownAmphorae, 'at' | 'findSource' | 'ownKeysOf'>;
  readonly now: () => number;
  readonly intervalMs: number;
  /** Heartbeats that may wait. */
  readonly queueLimit: number;
  /** Datagrams that an address may have read at once: an agent sends one in an interval, and a few when it starts. @default 20 */
  readonly readAtOnce?: number | undefined;
  readonly handle: (arrival: Arrival) => Promise<Outcome>;
  readonly counts: Pick<Counts, 'add'>;
  /** Counts what comes of some work, also when it fails. Must not fail itself. */
  readonly attempt: (address: string, work: () => Promise<Outcome>) => Promise<void>;
}

export interface HearDatagram {
  hear(datagram: Uint8Array, address: string): void;
  /** Waits until nothing is left to do. */
  idle(): Promise<void>;
}

const READ_AT_ONCE = 20;
const READ_PER_INTERVAL = 10;
/** Strangers that are looked up at a time, and of the heartbeats that may wait the part that is theirs. */
const STRANGERS_AT_ONCE = 16;
const STRANGERS_PART = 0.25;

/** A datagram that a key has signed. */
interface Verified {
  readonly signed: Signed;
  /** The amphora whose own key it was; null for a shared key. */
  readonly owner: string | null;
}

interface Stranger {
  readonly datagram: Uint8Array;
  readonly address: string;
  readonly receivedAt: number;
}

const byShared = (datagram: Uint8Array, keys: readonly string[]): Verified | null => {
  const signed = signedPart(datagram, keys);
  return signed === null ? null : { signed, owner: null };
};

const byOwn = (datagram: Uint8Array, amphoraId: string, keys: readonly string[]): Verified | null => {
  const signed = signedPart(datagram, keys);
  return signed === null ? null : { signed, owner: amphoraId };
};

/**
 * Verifies datagrams. The sender's address determines which amphora it should be, and so which keys may have signed:
 * nothing is inflated, and nothing of an address's budget is used, before that is certain. What comes from elsewhere,
 * or is signed otherwise, waits in lanes of its own, so that it cannot drive out a heartbeat of an amphora that is
 * known.
 */
export const createHearDatagram = (options: HearDatagramOptions): HearDatagram => {
  const { keys, known, now, intervalMs, queueLimit, readAtOnce = READ_AT_ONCE, handle, counts, attempt } = options;
  const budgets = createBudgets(now, readAtOnce, intervalMs / READ_PER_INTERVAL);
  const strangersBudgets = createBudgets(now, readAtOnce, intervalMs / READ_PER_INTERVAL);

  const verify = (datagram: Uint8Array, candidates: readonly Known[]): Verified | null => {
    for (const { amphora, ownKeys } of candidates) {
      const verified = byOwn(datagram, amphora.id, ownKeys);
      if (verified !== null) return verified;
    }
    return candidates.every(({ ownKey }) => ownKey) ? null : byShared(datagram, keys);
  };

  /** What it says, or why it says nothing. */
  const read = ({ signed, owner }: Verified, address: string, receivedAt: number): Arrival | Outcome => {
    const message = readSigned(signed);
    if (typeof message === 'string') return message;
    if (owner !== null && owner !== message.amphoraId) return 'wrong-source';
    return { message, address, receivedAt, ownKey: owner !== null, formerKey: owner === null || signed.by > 0 };
  };

  const hearStranger = async ({ datagram, address, receivedAt }: Stranger): Promise<Outcome> => {
    const source = sourceOf(address);
    const id = await known.findSource(source);
    const own = id === null ? null : byOwn(datagram, id, known.ownKeysOf(id));
    const verified = own ?? byShared(datagram, keys);
    // Without an amphora at the address there is no key that it could be signed with: a new one may just be starting.
    if (verified === null) return id === null && known.at(source).length === 0 ? 'unknown' : 'bad-mac';
    const arrival = read(verified, address, receivedAt);
    return typeof arrival === 'string' ? arrival : await handle(arrival);
  };

  const lanes = createLanes<Arrival>(
    queueLimit,
    (arrival) => attempt(arrival.address, () => handle(arrival)),
    () => counts.add('dropped'),
  );
  const strangers = createLanes<Stranger>(
    queueLimit * STRANGERS_PART,
    (stranger) => attempt(stranger.address, () => hearStranger(stranger)),
    () => counts.add('dropped'),
    STRANGERS_AT_ONCE,
  );

  return {
    hear: (datagram, address) => {
      if (isTooShort(datagram)) return counts.add('too-short');
      const source = sourceOf(address);
      const receivedAt = now();
      const candidates = known.at(source);
      const verified = candidates.length === 0 ? null : verify(datagram, candidates);
      if (!(verified === null ? strangersBudgets : budgets).take(source)) return counts.add('limited');
      const arrival = verified === null ? null : read(verified, address, receivedAt);
      if (typeof arrival === 'string') return counts.add(arrival);
      if (arrival !== null && candidates.some(({ amphora }) => amphora.id === arrival.message.amphoraId)) {
        return lanes.put(arrival.message.amphoraId, arrival);
      }
      strangers.put(source, { datagram, address, receivedAt });
    },
    idle: async () => {
      await Promise.all([lanes.idle(), strangers.idle()]);
    },
  };
};
