import type * as z from 'zod';
import type { ChildKind, ChildObjects } from '../../models/objects/child.ts';
import { l7PolicyRow, l7RuleRow } from './l7.ts';
import { listenerRow } from './listener.ts';
import { healthMonitorRow, memberRow, poolRow } from './pool.ts';

const SCHEMAS: { readonly [Kind in ChildKind]: z.ZodType<ChildObjects[Kind]> } = {
  listener: listenerRow,
  pool: poolRow,
  health_monitor: healthMonitorRow,
  member: memberRow,
  l7_policy: l7PolicyRow,
  l7_rule: l7RuleRow,
};

/** A row as the object of that kind it holds. */
export const objectOfRow = <Kind extends ChildKind>(kind: Kind, row: unknown): ChildObjects[Kind] =>
  SCHEMAS[kind].parse(row);
