import type * as z from 'zod';
import { loneKey, type RowType } from './keys.ts';
import { findRow, queryListed } from './query.ts';
import { inTable, type TransactItem } from './transact.ts';

/** The row of that id, strongly consistent, or null. */
export const findLoneRow = async <Row>(type: RowType, id: string, row: z.ZodType<Row>): Promise<Row | null> => {
  const found = await findRow(loneKey(type, id));
  return found === null ? null : row.parse(found);
};

/** All rows of a type, oldest first. */
export const listLoneRows = async <Row>(type: RowType, row: z.ZodType<Row>): Promise<readonly Row[]> =>
  (await queryListed(type, null)).map((item) => row.parse(item));

/** A new row that nothing refers to; refused when its id is taken. */
export const putLoneRow = (
  type: RowType,
  object: { readonly id: string; readonly created_at: string },
): TransactItem => ({
  Put: {
    ...inTable(),
    Item: {
      ...object,
      ...loneKey(type, object.id),
      type_key: type,
      sort_key: `${object.created_at}#${object.id}`,
      in_use: 0,
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
});

/** One more row refers to it; refused when it is not there, or not `enabled` where that is asked for. */
export const countUp = (type: RowType, id: string, { enabled = false } = {}): TransactItem => ({
  Update: {
    ...inTable(),
    Key: loneKey(type, id),
    UpdateExpression: 'ADD in_use :one',
    ConditionExpression: enabled ? 'enabled = :enabled' : 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':one': 1, ...(enabled ? { ':enabled': true } : {}) },
  },
});

/** One row less refers to it. It is there: while it is counted it cannot be removed. */
export const countDown = (type: RowType, id: string): TransactItem => ({
  Update: {
    ...inTable(),
    Key: loneKey(type, id),
    UpdateExpression: 'ADD in_use :less',
    ExpressionAttributeValues: { ':less': -1 },
  },
});
