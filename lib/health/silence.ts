/** Times in ms, moments since 1970. */
export interface Patience {
  readonly intervalMs: number;
  /** Heartbeats that may be missing in a row without anybody asking. */
  readonly missedBeats: number;
  /** Silence that is a failure whatever else is known. */
  readonly timeoutMs: number;
}

/** - `suspect`: worth a probe. - `stale`: failed, unless the observer is to blame. */
export type Silence = 'none' | 'suspect' | 'stale';

/** A heartbeat is late by its way and by the clock of its sender. */
const LATENESS = 0.5;

/** From when on an amphora is suspect, in ms of silence. */
export const suspectAfter = ({ intervalMs, missedBeats, timeoutMs }: Patience): number =>
  Math.min(timeoutMs, (missedBeats + LATENESS) * intervalMs);

/**
 * Judges how long nothing was heard.
 * @param observedSince since when the observer has been able to hear: nobody is blamed for the time before
 */
export const silenceOf = (heardAt: number, observedSince: number, now: number, patience: Patience): Silence => {
  const silent = now - Math.max(heardAt, observedSince);
  if (silent >= patience.timeoutMs) return 'stale';
  return silent >= suspectAfter(patience) ? 'suspect' : 'none';
};
