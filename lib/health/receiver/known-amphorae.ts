import { AmphoraNotFound } from '../../errors/not-found.ts';
import type { Amphora } from '../../models/amphora.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { findAmphora } from '../../repositories/amphora-commits.ts';
import { readBeat } from '../../repositories/beats.ts';
import type { LastBeat } from '../sequence.ts';
import type { Counted } from './count-traffic.ts';

/** What was seen when an amphora's load balancer was read last; small, since there is one for each amphora. */
export interface Seen {
  readonly at: number;
  /** Of the heartbeat that was compared with it. */
  readonly digest: string;
  readonly settled: boolean;
  /** Listeners the amphora should report; null for any number. */
  readonly expected: number | null;
  readonly listenerIds: ReadonlySet<string>;
}

/** What a receiver remembers of an amphora; moments are ms since 1970. */
export interface Known {
  readonly amphora: Amphora;
  last: LastBeat | null;
  /** What the amphora said of the objects in the recorded heartbeat, by its name; null when that is not known. */
  said: string | null;
  seen: Seen | null;
  readonly counted: Counted;
  heardAt: number;
  /** The first of the heartbeats in a row that report nothing of a haproxy that should serve; null for none. */
  haproxySilentSince: number | null;
}

/** - `unknown`: there is none. - `zombie`: it was deleted. - `early`: it is not up yet. */
export type Lookup = Known | 'unknown' | 'zombie' | 'early';

/** Ids that belong to nobody, or nobody yet, and are not asked for again at once. */
const STRANGERS = 10_000;

const isEarly = ({ status, lb_network_ip }: Amphora): boolean =>
  lb_network_ip === null || status === AmphoraStatus.PENDING_CREATE || status === AmphoraStatus.BOOTING;

export interface KnownAmphorae {
  find(amphoraId: string): Promise<Lookup>;
  forget(amphoraId: string): void;
  /** By availability zone: how many were heard since that moment. */
  heardSince(moment: number): ReadonlyMap<string | null, number>;
  /** Forgets those that were not heard since that moment. */
  forgetOlder(moment: number): void;
}

/**
 * Remembers amphorae, so that most heartbeats ask the table nothing.
 * @param strangerMs how long somebody unknown is not asked for again
 */
export const createKnownAmphorae = (now: () => number, strangerMs: number): KnownAmphorae => {
  const known = new Map<string, Known>();
  const strangers = new Map<string, { readonly as: Exclude<Lookup, Known>; readonly until: number }>();

  const look = async (amphoraId: string): Promise<Lookup> => {
    const amphora = await findAmphora(amphoraId).catch((error: unknown) => {
      if (error instanceof AmphoraNotFound) return null;
      throw error;
    });
    if (amphora === null) return 'unknown';
    if (amphora.status === AmphoraStatus.DELETED) return 'zombie';
    if (isEarly(amphora)) return 'early';
    const beat = await readBeat(amphoraId);
    const last =
      beat === null || beat.heard_at === null ? null : { sequence: beat.sequence, at: Date.parse(beat.heard_at) };
    return {
      amphora,
      last,
      said: beat?.said ?? null,
      seen: null,
      counted: new Map(),
      heardAt: now(),
      haproxySilentSince: null,
    };
  };

  return {
    find: async (amphoraId) => {
      const remembered = known.get(amphoraId);
      if (remembered !== undefined) return remembered;
      const stranger = strangers.get(amphoraId);
      if (stranger !== undefined && stranger.until > now()) return stranger.as;
      const found = await look(amphoraId);
      if (typeof found === 'string') {
        if (strangers.size >= STRANGERS) strangers.clear();
        strangers.set(amphoraId, { as: found, until: now() + strangerMs });
        return found;
      }
      strangers.delete(amphoraId);
      known.set(amphoraId, found);
      return found;
    },
    forget: (amphoraId) => void known.delete(amphoraId),
    heardSince: (moment) => {
      const zones = new Map<string | null, number>();
      for (const { heardAt, amphora } of known.values()) {
        if (heardAt >= moment) zones.set(amphora.cached_zone, (zones.get(amphora.cached_zone) ?? 0) + 1);
      }
      return zones;
    },
    forgetOlder: (moment) => {
      for (const [id, { heardAt }] of known) if (heardAt < moment) known.delete(id);
    },
  };
};
