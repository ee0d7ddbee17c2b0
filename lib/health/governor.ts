/** What is seen of one availability zone. */
export interface ZoneCount {
  readonly silent: number;
  /** Amphorae that are known there, stale ones included. */
  readonly known: number;
}

export interface StormThresholds {
  /** Stale amphorae from which on it may be a storm; 0 for never. */
  readonly atLeast: number;
  /** Percent of the known ones from which on it is one. */
  readonly percent: number;
}

export interface GovernorVerdict {
  /** Zones in which nothing may be failed over now. */
  readonly suspended: ReadonlySet<string>;
  /** So many are stale that the receiver is suspected: only amphorae past the timeout may be failed over. */
  readonly doubtsObserver: boolean;
}

/** So many stale amphorae at one time are more often the receiver's fault than the amphorae's. */
const MASS_PERCENT = 50;
const MASS_AT_LEAST = 2;

const exceeds = ({ silent, known }: ZoneCount, { atLeast, percent }: StormThresholds): boolean =>
  silent >= atLeast && silent * 100 >= known * percent;

/**
 * Decides what may be failed over, from the counts of one look. It has no memory: as soon as the counts are below the
 * thresholds again, so is the verdict.
 */
export const govern = (zones: ReadonlyMap<string, ZoneCount>, thresholds: StormThresholds): GovernorVerdict => {
  const counts = [...zones.values()];
  const all = {
    silent: counts.reduce((sum, { silent }) => sum + silent, 0),
    known: counts.reduce((sum, { known }) => sum + known, 0),
  };
  const suspended = [...zones].filter(([, count]) => thresholds.atLeast > 0 && exceeds(count, thresholds));
  return {
    suspended: new Set(suspended.map(([zone]) => zone)),
    doubtsObserver: exceeds(all, { atLeast: MASS_AT_LEAST, percent: MASS_PERCENT }),
  };
};
