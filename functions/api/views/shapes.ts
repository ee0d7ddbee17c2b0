import * as z from 'zod';
import { OperatingStatus, ProvisioningStatus } from '../../../lib/models/statuses.ts';

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

/** What every object shows. */
export const objectShape = z.strictObject({
  id: id(),
  project_id: z.string(),
  tenant_id: z.string(),
  provisioning_status: z.enum(ProvisioningStatus),
  operating_status: z.enum(OperatingStatus),
  admin_state_up: z.boolean(),
  created_at: moment().nullable(),
  updated_at: moment().nullable(),
  tags: many(z.string()),
});
export type ObjectView = z.infer<typeof objectShape>;

/** What every object with a name and a description shows. */
export const namedShape = z.strictObject({ ...objectShape.shape, name: z.string(), description: z.string() });
export type NamedView = z.infer<typeof namedShape>;

/** Where the next or the previous page is. */
export const linkShape = z.strictObject({ rel: z.enum(['next', 'previous']), href: z.string() });
