import type { Row as RowOf } from '../rows.ts';
import type { Difference } from './compare.ts';
import { HAPROXY_ROWS } from './haproxy-differences.ts';
import { LVS_ROWS, VRRP_ROWS } from './keepalived-differences.ts';
import type { Case } from './trees/cases.ts';

type Row = RowOf<Difference, Case>;

/** By the kind of text. */
export const ROWS: Readonly<Record<Case['kind'], readonly Row[]>> = {
  haproxy: HAPROXY_ROWS,
  lvs: LVS_ROWS,
  vrrp: VRRP_ROWS,
};

/** The row that explains a difference; null for a fault. */
export const rowOf = (difference: Difference, asked: Case): Row | null =>
  ROWS[asked.kind].find(({ covers }) => covers(difference, asked)) ?? null;
