import type { Difference } from './compare.ts';
import type { Played } from './play.ts';
import { ACCEPTED } from './rows/accepted.ts';
import type { Row } from './rows/conditions.ts';
import { LISTS } from './rows/lists.ts';
import { REFUSED } from './rows/refused.ts';

/** Reviewed: each is as narrow as its reason. The first one that covers a difference counts. */
export const ROWS: readonly Row[] = [...REFUSED, ...LISTS, ...ACCEPTED];

/** The row that explains a difference; null for a fault. */
export const rowOf = (difference: Difference, played: Played): Row | null =>
  ROWS.find(({ covers }) => covers(difference, played)) ?? null;
