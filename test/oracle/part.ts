/** Of the run whose cases are the same each time. */
export const FIXED_SEED = 1;

export interface Order {
  /** A Python that imports upstream's octavia. */
  readonly python: string;
  /** The same seed gives the same cases. */
  readonly seed: number;
  /** Questions to put to both; undefined for the part's own number. */
  readonly pairs: number | undefined;
}

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
}

/** Puts random questions to upstream and to this project, compares the answers and prints what differs. */
export type Part = (order: Order) => Promise<Verdict>;
