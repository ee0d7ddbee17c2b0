import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { documents, tableName } from './table/client.ts';
import { type Key, pointerKey, type RowType } from './table/keys.ts';

const pointerRow = z.object({ type: z.string(), at: z.object({ pk: z.string(), sk: z.string() }) });

/** The row at that key, strongly consistent; undefined when there is none. */
export const readRow = async (Key: Key): Promise<Readonly<Record<string, unknown>> | undefined> =>
  (await documents().send(new GetCommand({ TableName: tableName(), Key, ConsistentRead: true }))).Item;

/** Where the thing of that type and id is stored, strongly consistent; null when the id is nothing's, or another type's. */
export const findKey = async (type: RowType, id: string): Promise<Key | null> => {
  const row = await readRow(pointerKey(id));
  if (row === undefined) return null;
  const pointer = pointerRow.parse(row);
  return pointer.type === type ? pointer.at : null;
};
