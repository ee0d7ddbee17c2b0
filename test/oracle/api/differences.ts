import type { Difference } from './compare.ts';
import type { Played } from './play.ts';

/** A deliberate difference: a row of docs/differences.md. */
export interface Row {
  /** The row's id there. */
  readonly id: string;
  /** True for exactly what the row is about. */
  readonly covers: (difference: Difference, played: Played) => boolean;
}

/** Reviewed: each is as narrow as its reason. */
export const ROWS: readonly Row[] = [
  {
    id: 'upstream-crash',
    covers: ({ at }, { ours, upstream }) => at === 'status' && upstream.status === 500 && ours.status < 500,
  },
];

/** The row that explains a difference; null for a fault. */
export const rowOf = (difference: Difference, played: Played): Row | null =>
  ROWS.find(({ covers }) => covers(difference, played)) ?? null;
