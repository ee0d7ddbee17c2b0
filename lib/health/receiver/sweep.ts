import { AmphoraNotFound } from '../../errors/not-found.ts';
import { type Heartbeat, NO_ZONE, type Storm } from '../../models/health.ts';
import { AmphoraStatus } from '../../models/statuses.ts';
import { getAmphora } from '../../repositories/fleet/amphora-commits.ts';
import { countWell, listSilent } from '../../repositories/health/heartbeats.ts';
import { leaseSweep, listReceivers, putGovernor } from '../../repositories/health/receivers.ts';
import { forgetHealth } from '../../repositories/health/reports.ts';
import { type AlarmDetail, alarmOf } from '../alarm.ts';
import { govern, type StormThresholds, type ZoneCount } from '../governor.ts';
import type { KnownAmphorae } from '../hearing/known-amphorae.ts';
import { type Patience, type Silence, silenceOf, suspectAfter } from '../silence.ts';
import type { ReceiverHealth } from './receiver-health.ts';

/** How stale amphorae are looked for, by any receiver. */
export interface Detection extends Patience {
  /** Between two looks, in ms. */
  readonly checkMs: number;
  readonly thresholds: StormThresholds;
  /** How many receivers the amphorae send to. */
  readonly receivers: number;
  readonly raise: (alarms: readonly AlarmDetail[]) => Promise<void>;
}

export interface SweepOptions extends Detection {
  readonly receiverId: string;
  readonly now: () => number;
  readonly receiverHealth: ReceiverHealth;
  readonly known: Pick<KnownAmphorae, 'heardSince'>;
}

/** The result of a sweep; null when this receiver does not sweep: another one does, or it cannot receive. */
export interface SweepResult {
  readonly silent: number;
  readonly raised: number;
  /** Why alarms could not be raised; null when they were, or there are none. The next look raises them again. */
  readonly refusal: string | null;
  readonly storms: readonly Storm[];
  readonly doubtsObserver: boolean;
}

/** A receiver without a report for so long is not there: three of its intervals. */
export const RECEIVER_WORD_MS = 10_000;
const RECEIVER_GONE_MS = 3 * RECEIVER_WORD_MS;
/** So many sweeps, and at least so long, belong to the last sweeper; after its death there is no sweep for so long. */
const LEASED_LOOKS = 3;
const LEASE_MS = 5_000;

/** So few are never a storm, nor a reason to suspect the receiver. */
const FEW = 2;
const COUNT_AGAIN_MS = 15_000;

/** An alarm that could not be handled is raised again. */
const RAISE_AGAIN_MS = 10_000;

/** Of those that a storm holds back. */
const CHECKED_AT_ONCE = 20;

const statusOf = async (amphoraId: string): Promise<AmphoraStatus | null> => {
  try {
    return (await getAmphora(amphoraId)).status;
  } catch (error) {
    if (error instanceof AmphoraNotFound) return null;
    throw error;
  }
};

/** The table for alarms is not needed to receive: this receiver receives as before. */
const refusalOf = async (raise: () => Promise<void>): Promise<string | null> => {
  try {
    await raise();
    return null;
  } catch (error) {
    return String(error);
  }
};

const iso = (moment: number): string => new Date(moment).toISOString();
const zoneOf = ({ zone }: Pick<Heartbeat, 'zone'>): string => zone ?? NO_ZONE;

/**
 * Looks for stale amphorae, and raises an alarm for each that may be failed over now. Of several receivers one sweeps;
 * the lease's holder may die.
 */
export const createSweep = (options: SweepOptions): (() => Promise<SweepResult | null>) => {
  const { receiverId, now, receiverHealth, known, checkMs, thresholds } = options;
  const lease = Math.max(LEASE_MS, LEASED_LOOKS * checkMs);
  const raisedAt = new Map<string, number>();
  let storms: readonly Storm[] = [];
  let written = '';
  let lookedAt = now();

  const receiversAlive = async (): Promise<number> => {
    const alive = (await listReceivers()).filter(({ seen_at }) => Date.parse(seen_at) > now() - RECEIVER_GONE_MS);
    return Math.max(1, alive.length);
  };

  let counted: { readonly at: number; readonly zones: ReadonlyMap<string | null, number> } | null = null;
  /**
   * Healthy amphorae, by zone. Of several receivers this one may get a part: what all of them get is in the table,
   * which is asked when it matters, and not with every sweep.
   */
  const wellNow = async (alive: number, silent: number, since: string) => {
    if (alive === 1 || silent < FEW) return known.heardSince(Date.parse(since));
    if (counted === null || now() - counted.at >= COUNT_AGAIN_MS)
      counted = { at: now(), zones: await countWell(since) };
    return counted.zones;
  };

  const countZones = (
    silent: readonly Heartbeat[],
    well: ReadonlyMap<string | null, number>,
  ): ReadonlyMap<string, ZoneCount> => {
    const zones = new Map<string, ZoneCount>();
    const add = (zone: string, silentOnes: number, knownOnes: number): void => {
      const { silent: before, known: all } = zones.get(zone) ?? { silent: 0, known: 0 };
      zones.set(zone, { silent: before + silentOnes, known: all + knownOnes });
    };
    const ids = Map.groupBy(silent, zoneOf);
    for (const [zone, heartbeats] of ids) add(zone, heartbeats.length, heartbeats.length);
    for (const [zone, count] of well) add(zone ?? NO_ZONE, 0, count);
    return zones;
  };

  const remember = async (zones: ReadonlyMap<string, ZoneCount>, suspended: ReadonlySet<string>, doubts: boolean) => {
    const before = new Map(storms.map((storm) => [storm.zone, storm.since]));
    storms = [...suspended].map((zone) => ({
      zone,
      since: before.get(zone) ?? iso(now()),
      silent: zones.get(zone)?.silent ?? 0,
      known: zones.get(zone)?.known ?? 0,
    }));
    const state = { storms, doubts_observer: doubts };
    const text = JSON.stringify(state);
    // Calm needs no renewal: it is what is believed when nothing is written.
    if (text === written && storms.length === 0 && !doubts) return;
    await putGovernor(state, iso(now() + RECEIVER_GONE_MS));
    written = text;
  };

  /** Drops what is known of amphorae that are no more, a few at a time: they must not make a storm. */
  const forgetMissingAmphorae = async (heartbeats: readonly Heartbeat[]): Promise<void> => {
    // From anywhere: the first ones may all be alive, each time.
    const from = Math.floor(Math.random() * Math.max(1, heartbeats.length - CHECKED_AT_ONCE + 1));
    for (const { amphora_id } of heartbeats.slice(from, from + CHECKED_AT_ONCE)) {
      const status = await statusOf(amphora_id);
      if (status === null || status === AmphoraStatus.DELETED) await forgetHealth(amphora_id);
    }
  };

  return async () => {
    const pausedMs = now() - lookedAt;
    lookedAt = now();
    // It stood still: what came in meanwhile is not read yet.
    if (pausedMs > checkMs + options.intervalMs) receiverHealth.wasAway();
    const since = receiverHealth.healthySince();
    if (since === null) return null;
    if (!(await leaseSweep(receiverId, iso(now()), iso(now() + lease)))) return null;
    const alive = await receiversAlive();
    // Each amphora sends to one receiver after another: one that is not there takes every so many heartbeats with it.
    const missing = Math.max(0, options.receivers - alive);
    const patience = { ...options, missedHeartbeats: options.missedHeartbeats + missing };
    const suspectSince = iso(now() - suspectAfter(patience));
    const found = await listSilent(suspectSince);
    const judged = found.map((heartbeat): readonly [Heartbeat, Silence] => [
      heartbeat,
      silenceOf(Date.parse(heartbeat.well_at), since, now(), patience),
    ]);
    const silent = judged.filter(([, silence]) => silence !== 'none');
    const zones = countZones(
      silent.map(([heartbeat]) => heartbeat),
      await wellNow(alive, silent.length, suspectSince),
    );
    const { suspended, doubtsObserver } = govern(zones, thresholds);
    await remember(zones, suspended, doubtsObserver);
    for (const [id, at] of raisedAt) if (at < now() - RAISE_AGAIN_MS) raisedAt.delete(id);
    const alarms = silent
      .filter(([heartbeat]) => !suspended.has(zoneOf(heartbeat)) && !raisedAt.has(heartbeat.amphora_id))
      .filter(([, silence]) => silence === 'stale' || !doubtsObserver)
      .map(([heartbeat, silence]) => alarmOf(heartbeat, silence === 'stale'));
    const refusal = await refusalOf(() => options.raise(alarms));
    await forgetMissingAmphorae(
      silent.map(([heartbeat]) => heartbeat).filter((heartbeat) => suspended.has(zoneOf(heartbeat))),
    );
    if (refusal === null) for (const { amphora_id } of alarms) raisedAt.set(amphora_id, now());
    const raised = refusal === null ? alarms.length : 0;
    return { silent: silent.length, raised, refusal, storms, doubtsObserver };
  };
};
