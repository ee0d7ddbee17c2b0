import type { ChangeState } from '../../models/change.ts';
import type { Child, ChildKind, ChildObjects } from '../../models/child.ts';
import { changeState } from '../rows/change.ts';
import { l7PolicyRow, l7RuleRow } from '../rows/l7.ts';
import { listenerRow } from '../rows/listener.ts';
import { healthMonitorRow, memberRow, poolRow } from '../rows/pool.ts';
import type { Key } from '../table/keys.ts';
import { findKey } from '../table/pointers.ts';
import { readRow } from '../table/query.ts';
import { rowType } from './children.ts';

/** An object as it is stored, and what is known of its latest change. */
export interface ChildRead {
  readonly child: Child;
  readonly state: ChangeState;
}

const parseChild = (kind: ChildKind, row: unknown): Child => {
  switch (kind) {
    case 'listener':
      return { kind, object: listenerRow.parse(row) };
    case 'pool':
      return { kind, object: poolRow.parse(row) };
    case 'member':
      return { kind, object: memberRow.parse(row) };
    case 'health_monitor':
      return { kind, object: healthMonitorRow.parse(row) };
    case 'l7_policy':
      return { kind, object: l7PolicyRow.parse(row) };
    case 'l7_rule':
      return { kind, object: l7RuleRow.parse(row) };
  }
};

/** The row at that key, which holds an object of that kind, or null. Strongly consistent. */
export const readChildAt = async (kind: ChildKind, key: Key): Promise<ChildRead | null> => {
  const row = await readRow(key);
  return row === undefined ? null : { child: parseChild(kind, row), state: changeState.parse(row) };
};

/** The object of that kind and id below any load balancer, or null. Strongly consistent; two reads by key. */
export const findChild = async <Kind extends ChildKind>(
  kind: Kind,
  id: string,
): Promise<{ readonly child: Extract<Child, { kind: Kind }>; readonly state: ChangeState } | null> => {
  const key = await findKey(rowType(kind), id);
  const found = key === null ? null : await readChildAt(kind, key);
  return found !== null && isOfKind(found.child, kind) ? { child: found.child, state: found.state } : null;
};

const PARSERS: { readonly [Kind in ChildKind]: (row: unknown) => ChildObjects[Kind] } = {
  listener: (row) => listenerRow.parse(row),
  pool: (row) => poolRow.parse(row),
  member: (row) => memberRow.parse(row),
  health_monitor: (row) => healthMonitorRow.parse(row),
  l7_policy: (row) => l7PolicyRow.parse(row),
  l7_rule: (row) => l7RuleRow.parse(row),
};

/** A row as the object of that kind it holds. */
export const objectOfRow = <Kind extends ChildKind>(kind: Kind, row: unknown): ChildObjects[Kind] => PARSERS[kind](row);

/** The object of that kind and id, and the operation that changed it last. */
export const findStored = async <Kind extends ChildKind>(
  kind: Kind,
  id: string,
): Promise<{ readonly object: ChildObjects[Kind]; readonly operationId: string } | null> => {
  const key = await findKey(rowType(kind), id);
  const row = key === null ? undefined : await readRow(key);
  if (row === undefined) return null;
  return { object: objectOfRow(kind, row), operationId: changeState.parse(row).operation_id };
};

/** Like `findStored`, the object alone. */
export const findObject = async <Kind extends ChildKind>(kind: Kind, id: string): Promise<ChildObjects[Kind] | null> =>
  (await findStored(kind, id))?.object ?? null;

const isOfKind = <Kind extends ChildKind>(child: Child, kind: Kind): child is Extract<Child, { kind: Kind }> =>
  child.kind === kind;
