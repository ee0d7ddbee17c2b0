import type { Effect } from '../../../lib/context/dry-run.ts';
import type { Operation } from '../../../lib/models/operations/operation.ts';
import { readTreeRows, type TreeRead, type TreeRow, treeOf } from '../../../lib/repositories/objects/trees.ts';
import { operationRow } from '../../../lib/repositories/rows/operation.ts';
import { attributesSet, REMOVE } from '../../../lib/repositories/table/expressions.ts';
import type { Key } from '../../../lib/repositories/table/keys.ts';
import { findRow } from '../../../lib/repositories/table/query.ts';
import type { TransactItem } from '../../../lib/repositories/table/transact.ts';

/** A row outside of any load balancer that would be written; null where there is none. */
export interface RowChange {
  readonly sk: string;
  readonly before: TreeRow | null;
  readonly after: TreeRow | null;
}

/** The table as it is, and as it would be. */
export interface Projection {
  readonly operation: Operation | null;
  readonly before: TreeRead | null;
  readonly after: TreeRead | null;
  readonly others: readonly RowChange[];
}

const OPERATIONS = /^(?:LB|AMP)OPS#/;
const TREE = /^LB#(.*)$/;

const keyOf = ({ Put, Update, Delete, ConditionCheck }: TransactItem): Key => {
  const { pk, sk } = Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key ?? {};
  return { pk: String(pk), sk: String(sk) };
};

/** The row after the item. Of an update what `setExpression` sets: the rest is counters and statuses. */
const written = (row: TreeRow | null, { Put, Update, Delete }: TransactItem): TreeRow | null => {
  if (Put !== undefined) return Put.Item ?? null;
  if (Delete !== undefined) return null;
  if (Update === undefined || row === null) return row;
  const set = Object.entries({ ...row, ...attributesSet(Update) });
  return Object.fromEntries(set.filter(([, value]) => value !== REMOVE));
};

const operationIn = (items: readonly TransactItem[]): Operation | null => {
  const record = items.find(({ Put }) => OPERATIONS.test(String(Put?.Item?.pk)));
  return record === undefined ? null : operationRow.parse(record.Put?.Item);
};

/** An update of a row that is not there makes it: a project's limits begin so. */
const otherChange = async (item: TransactItem): Promise<RowChange> => {
  const key = keyOf(item);
  const before = await findRow(key);
  return { sk: key.sk, before, after: written(before ?? (item.Update === undefined ? null : { ...key }), item) };
};

/** The operation succeeds with the deletions that failed before it: until then their objects count as present. */
const withFailedDeletions = (read: TreeRead | null): TreeRead | null =>
  read && {
    ...read,
    changes: new Map([...read.changes].map(([id, state]) => [id, { ...state, deletion_failed: false }])),
  };

/** Applies what would be written to what is there. */
export const project = async ({ items, laidAside, starts }: Effect): Promise<Projection> => {
  const operation = starts ?? operationIn(items);
  const writes = [...items, ...laidAside.map((row): TransactItem => ({ Put: { TableName: undefined, Item: row } }))];
  const id = operation?.loadbalancer_id ?? writes.flatMap((item) => TREE.exec(keyOf(item).pk)?.[1] ?? [])[0] ?? null;
  const rows = id === null ? [] : await readTreeRows(id);
  const after = new Map<string, TreeRow>(rows.map((row) => [String(row.sk), row]));
  const others: TransactItem[] = [];
  for (const item of writes) {
    const { pk, sk } = keyOf(item);
    if (pk !== `LB#${id}`) {
      others.push(item);
      continue;
    }
    const row = written(after.get(sk) ?? null, item);
    if (row === null) after.delete(sk);
    else after.set(sk, row);
  }
  return {
    operation,
    before: operation?.target === 'load_balancer' ? withFailedDeletions(treeOf(rows)) : treeOf(rows),
    after: treeOf([...after.values()]),
    others: await Promise.all(others.filter((item) => item.ConditionCheck === undefined).map(otherChange)),
  };
};
