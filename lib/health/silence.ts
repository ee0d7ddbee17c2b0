/** Times in ms, moments since 1970. */
export interface Patience {
  readonly intervalMs: number;
  /** Heartbeats that may be missing in a row before a probe. */
  readonly missedHeartbeats: number;
  /** Silence that is a failure whatever else is known. */
  readonly timeoutMs: number;
}

/** - `suspect`: worth a probe. - `stale`: failed, unless the receiver is to blame. */
export type Silence = 'none' | 'suspect' | 'stale';

/**
 * A heartbeat is late by its way and by the time its sender takes to make it: half an interval, and no longer than that
 * takes on a busy amphora. An amphora that is only suspected is only probed.
 */
const LATENESS = 0.5;
const LATENESS_MS = 2_000;

/** From when on an amphora is suspect, in ms of silence. */
export const suspectAfter = ({ intervalMs, missedHeartbeats, timeoutMs }: Patience): number =>
  Math.min(timeoutMs, missedHeartbeats * intervalMs + Math.min(LATENESS * intervalMs, LATENESS_MS));

/**
 * Judges the time since the last heartbeat.
 * @param observedSince since when the receiver has been able to receive: the time before does not count
 */
export const silenceOf = (heardAt: number, observedSince: number, now: number, patience: Patience): Silence => {
  const silent = now - Math.max(heardAt, observedSince);
  if (silent >= patience.timeoutMs) return 'stale';
  return silent >= suspectAfter(patience) ? 'suspect' : 'none';
};
