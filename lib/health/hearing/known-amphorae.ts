import { AmphoraNotFound } from '../../errors/not-found.ts';
import { amphoraKeyOf } from '../../models/heartbeat-key.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { getAmphora } from '../../repositories/fleet/amphora-commits.ts';
import { findSource } from '../../repositories/health/heartbeat-sources.ts';
import { findHeartbeat } from '../../repositories/health/heartbeats.ts';
import { hostOf } from '../../tools/addresses.ts';
import type { LastHeartbeat } from '../sequence.ts';
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
  last: LastHeartbeat | null;
  /** What the amphora said of the objects in the recorded heartbeat, by its name; null when that is not known. */
  said: string | null;
  seen: Seen | null;
  readonly counted: Counted;
  /** Its own keys, by each of the receivers' keys, the current one first. */
  readonly ownKeys: readonly string[];
  /** True when the recorded heartbeat was signed with one of them: from then on no shared key counts for it. */
  ownKey: boolean;
  heardAt: number;
  /** The first of the heartbeats in a row that report nothing of a haproxy that should serve; null for none. */
  haproxySilentSince: number | null;
}

/** - `unknown`: there is none. - `zombie`: it was deleted. - `early`: it is not up yet. */
export type Lookup = Known | 'unknown' | 'zombie' | 'early';

/** Ids without an owner, or without one yet, which are not asked for again at once. */
const STRANGERS = 10_000;

/** An address in its canonical spelling; what comes from a socket is mostly so. */
export const sourceOf = (address: string): string => (address.includes(':') ? (hostOf(address) ?? address) : address);

const isEarly = ({ status, lb_network_ip }: Amphora): boolean =>
  lb_network_ip === null || status === AmphoraStatus.PENDING_CREATE || status === AmphoraStatus.BOOTING;

export interface KnownAmphorae {
  find(amphoraId: string): Promise<Lookup>;
  /** Those that are remembered at that address. */
  at(source: string): readonly Known[];
  /** The id of the amphora that has the address by the table; null when none is noted. */
  findSource(source: string): Promise<string | null>;
  /** The keys of an amphora's own. */
  ownKeysOf(amphoraId: string): readonly string[];
  forget(amphoraId: string): void;
  /** By availability zone: how many sent a heartbeat since that moment. */
  heardSince(moment: number): ReadonlyMap<string | null, number>;
  /** Forgets those without a heartbeat since that moment. */
  forgetOlder(moment: number): void;
}

/**
 * Remembers amphorae, so that most heartbeats ask the table nothing.
 * @param strangerMs how long an unknown id or address is not asked for again
 * @param keys the receivers' keys, the current one first
 */
export const createKnownAmphorae = (now: () => number, strangerMs: number, keys: readonly string[]): KnownAmphorae => {
  const known = new Map<string, Known>();
  const bySource = new Map<string, Known[]>();
  const sources = new Map<string, { readonly id: string | null; readonly until: number }>();
  const ownKeysOf = (amphoraId: string): readonly string[] => keys.map((key) => amphoraKeyOf(key, amphoraId));

  const forget = (amphoraId: string): void => {
    const of = known.get(amphoraId);
    if (of === undefined) return;
    known.delete(amphoraId);
    const source = sourceOf(of.amphora.lb_network_ip ?? '');
    const left = (bySource.get(source) ?? []).filter((other) => other !== of);
    if (left.length > 0) bySource.set(source, left);
    else bySource.delete(source);
  };
  const remember = (of: Known): void => {
    forget(of.amphora.id);
    known.set(of.amphora.id, of);
    const source = sourceOf(of.amphora.lb_network_ip ?? '');
    bySource.set(source, [...(bySource.get(source) ?? []), of]);
  };
  const strangers = new Map<string, { readonly as: Exclude<Lookup, Known>; readonly until: number }>();

  const look = async (amphoraId: string): Promise<Lookup> => {
    const amphora = await getAmphora(amphoraId).catch((error: unknown) => {
      if (error instanceof AmphoraNotFound) return null;
      throw error;
    });
    if (amphora === null) return 'unknown';
    if (amphora.status === AmphoraStatus.DELETED) return 'zombie';
    if (isEarly(amphora)) return 'early';
    const heartbeat = await findHeartbeat(amphoraId);
    const last =
      heartbeat === null || heartbeat.heard_at === null
        ? null
        : { sequence: heartbeat.sequence, at: Date.parse(heartbeat.heard_at) };
    return {
      amphora,
      last,
      said: heartbeat?.said ?? null,
      seen: null,
      counted: new Map(),
      ownKeys: ownKeysOf(amphoraId),
      ownKey: heartbeat !== null && heartbeat.own_key === heartbeat.sequence,
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
      remember(found);
      return found;
    },
    at: (source) => bySource.get(source) ?? [],
    findSource: async (source) => {
      const noted = sources.get(source);
      if (noted !== undefined && noted.until > now()) return noted.id;
      const id = await findSource(source);
      if (sources.size >= STRANGERS) sources.clear();
      sources.set(source, { id, until: now() + strangerMs });
      return id;
    },
    ownKeysOf,
    forget,
    heardSince: (moment) => {
      const zones = new Map<string | null, number>();
      for (const { heardAt, amphora } of known.values()) {
        if (heardAt >= moment) zones.set(amphora.cached_zone, (zones.get(amphora.cached_zone) ?? 0) + 1);
      }
      return zones;
    },
    forgetOlder: (moment) => {
      for (const [id, { heardAt }] of known) if (heardAt < moment) forget(id);
    },
  };
};
