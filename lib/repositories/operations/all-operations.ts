import * as z from 'zod';
import type { Operation } from '../../models/operations/operation.ts';
import { operationRow } from '../rows/operation.ts';
import { listPlace, RowType } from '../table/keys.ts';
import { pointerRow } from '../table/pointers.ts';
import { findRow, type Walk, walkListed } from '../table/query.ts';
import { readableOne } from '../table/readable.ts';
import { asListed, TOGETHER } from './operations.ts';

const listedPointer = pointerRow.extend({ sort_key: z.string() });
type Pointer = z.infer<typeof listedPointer>;

/** The records that the pointers lead to; a record that expired first is left out. */
const recordsAt = async (pointers: readonly Pointer[]): Promise<readonly Operation[]> => {
  const rows = await Promise.all(pointers.map((pointer) => findRow(pointer.at)));
  return rows.flatMap((row) => (row === null ? [] : (readableOne(operationRow, row) ?? [])));
};

/** The place of an operation in the list of all. */
export const operationPlace = ({ created_at, id }: Pick<Operation, 'created_at' | 'id'>): string =>
  listPlace(created_at, id);

/** Which operations are walked through. */
export interface ChosenOperations {
  /** null for those of all projects and amphorae. */
  readonly projectId: string | null;
  /** Empty for all. */
  readonly loadBalancerIds: readonly string[];
  /** ISO 8601, UTC, milliseconds: older ones are left out; null for all. */
  readonly since: string | null;
}

/**
 * Operations in the order of their creation, read as far as they are asked for. Those from before the list existed are
 * not in it.
 */
export async function* walkAllOperations(
  { projectId, loadBalancerIds, since }: ChosenOperations,
  { from, descending, wanted }: Pick<Walk, 'from' | 'descending' | 'wanted'>,
): AsyncGenerator<Operation> {
  const together = Math.min(wanted ?? TOGETHER, TOGETHER);
  const partitions = loadBalancerIds.map((id) => `LBOPS#${id}`);
  const walk = { from: descending ? from : (from ?? since), descending, having: new Map(), wanted };
  let pointers: Pointer[] = [];
  for await (const row of walkListed(RowType.OPERATION, projectId, walk)) {
    const pointer = readableOne(listedPointer, row);
    if (pointer === null) continue;
    // Places begin with the moment of creation.
    if (descending && since !== null && pointer.sort_key < since) break;
    if (partitions.length > 0 && !partitions.includes(pointer.at.pk)) continue;
    pointers.push(pointer);
    if (pointers.length < together) continue;
    yield* await asListed(await recordsAt(pointers));
    pointers = [];
  }
  yield* await asListed(await recordsAt(pointers));
}
