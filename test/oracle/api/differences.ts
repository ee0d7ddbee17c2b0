import type { Difference } from './compare.ts';
import type { Played } from './play.ts';

/** A deliberate difference: a row of docs/differences.md. */
export interface Row {
  /** The row's id there. */
  readonly id: string;
  /** True for exactly what the row is about. */
  readonly covers: (difference: Difference, played: Played) => boolean;
}

/** True where the request is refused here, with that text, and accepted by upstream. */
const refusedHere =
  (status: number, text: RegExp): Row['covers'] =>
  ({ at }, { ours, upstream }) =>
    at === 'status' && ours.status === status && upstream.status < 300 && text.test(JSON.stringify(ours.body));

/** Reviewed: each is as narrow as its reason. */
export const ROWS: readonly Row[] = [
  {
    id: 'upstream-crash',
    covers: ({ at }, { ours, upstream }) => at === 'status' && upstream.status === 500 && ours.status < 500,
  },
  { id: 'member-family', covers: refusedHere(501, /mixing IPv4 and IPv6 addresses for its VIP and members/) },
  { id: 'monitor-address-reserved', covers: refusedHere(400, /is not a valid option for member monitor_address/) },
  { id: 'monitor-method', covers: refusedHere(400, /so only the http_method GET is supported/) },
  { id: 'monitor-codes', covers: refusedHere(400, /expected_codes. Value: '\d{3}-\d{3}'/) },
  { id: 'integer-fields', covers: refusedHere(400, /Value should be integer/) },
  { id: 'member-spellings', covers: refusedHere(409, /Another member on this pool is already using ip [^ ]*:/) },
];

/** The row that explains a difference; null for a fault. */
export const rowOf = (difference: Difference, played: Played): Row | null =>
  ROWS.find(({ covers }) => covers(difference, played)) ?? null;
