import * as z from 'zod';

/*
 * What the shapes of answers are put together from. A shape gives a view its type, the API's description its schema, and
 * tests what every answer is checked by. Types are all that handlers take of it: none of it is in their bundle.
 */

export const id = () => z.guid();

/** An id of the network service: what it looks like is not ours to check. */
export const networkId = () => z.string().meta({ format: 'uuid' });

/** A time as the API writes it: UTC, to the second, without a zone. */
export const moment = () =>
  z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/, { error: 'is no time without a zone' });

/** A time of a record: UTC, to the millisecond. */
export const instant = () => z.iso.datetime({ precision: 3 });

export const count = () => z.int().min(0);

export const port = () => z.int().min(1).max(65_535);

export const string = () => z.string();

export const flag = () => z.boolean();

export const many = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();

/** Something that is only named by its id. */
export const idOnlyShape = z.strictObject({ id: id() });

export const idsShape = () => many(idOnlyShape);

/** Where the next or the previous page is. */
export const linkShape = z.strictObject({ rel: z.enum(['next', 'previous']), href: z.string() });
