import * as z from 'zod';
import { type Key, pointerKey, type RowType } from './keys.ts';
import { findRow } from './query.ts';

/** Leads to where a thing is stored. */
export const pointerRow = z.object({ type: z.string(), at: z.object({ pk: z.string(), sk: z.string() }) });

/** Where the thing of that type and id is stored, strongly consistent; null when the id is nothing's, or another type's. */
export const findKey = async (type: RowType, id: string): Promise<Key | null> => {
  const row = await findRow(pointerKey(id));
  if (row === null) return null;
  const pointer = pointerRow.parse(row);
  return pointer.type === type ? pointer.at : null;
};
