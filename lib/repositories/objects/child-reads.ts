import type { ChangeState } from '../../models/objects/change.ts';
import type { Child, ChildKind, ChildObjects } from '../../models/objects/child.ts';
import { KINDS } from '../../models/objects/kinds.ts';
import { changeState } from '../rows/change.ts';
import { objectOfRow } from '../rows/child.ts';
import type { Key } from '../table/keys.ts';
import { findKey } from '../table/pointers.ts';
import { findRow } from '../table/query.ts';

/** An object as it is stored, and what is known of its latest change. */
export interface ChildRead<Kind extends ChildKind> {
  readonly child: Child<Kind>;
  readonly state: ChangeState;
}

/** The row at that key, which holds an object of that kind, or null. Strongly consistent. */
export const findChildAt = async <Kind extends ChildKind>(kind: Kind, key: Key): Promise<ChildRead<Kind> | null> => {
  const row = await findRow(key);
  return row === null ? null : { child: { kind, object: objectOfRow(kind, row) }, state: changeState.parse(row) };
};

/** The object of that kind and id below any load balancer, or null. Strongly consistent; two reads by key. */
export const findChild = async <Kind extends ChildKind>(kind: Kind, id: string): Promise<ChildRead<Kind> | null> => {
  const key = await findKey(KINDS[kind].row, id);
  return key === null ? null : await findChildAt(kind, key);
};

/** The object of that kind and id, and the operation that changed it last. */
export const findStored = async <Kind extends ChildKind>(
  kind: Kind,
  id: string,
): Promise<{ readonly object: ChildObjects[Kind]; readonly operationId: string } | null> => {
  const key = await findKey(KINDS[kind].row, id);
  const row = key === null ? null : await findRow(key);
  if (row === null) return null;
  return { object: objectOfRow(kind, row), operationId: changeState.parse(row).operation_id };
};

/** Like `findStored`, the object alone. */
export const findObject = async <Kind extends ChildKind>(kind: Kind, id: string): Promise<ChildObjects[Kind] | null> =>
  (await findStored(kind, id))?.object ?? null;
