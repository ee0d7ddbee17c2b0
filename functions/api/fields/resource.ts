import * as z from 'zod';
import type { LoadBalancerObject } from '../../../lib/models/base.ts';
import { OperatingStatus, ProvisioningStatus } from '../../../lib/models/statuses.ts';
import { timestamp } from '../views/common.ts';
import { id, moment, string } from '../views/shapes.ts';
import type { Field, FieldTypes, ShownField } from './field.ts';

type Types<Row> = Readonly<Record<string, FieldTypes<Row>>>;
type Shapes = Readonly<Record<string, z.ZodType>>;

type Given<Row, T extends Types<Row>> = { readonly [Name in keyof T]?: T[Name]['given'] | null | undefined };

/** What a resource is called, and its fields. Bodies, rows, answers, lists and descriptions are derived from it. */
export interface Definition<Row, Context, Related, T extends Types<Row>, S extends Shapes> {
  /** What upstream's messages call the whole body. */
  readonly argument: string;
  readonly wrapper: string;
  readonly plural: string;
  /** Its name in the API's description. */
  readonly schema: string;
  /** Fields that bodies set. */
  readonly fields: { readonly [Name in keyof T]: Field<Row, Context, T[Name]> };
  /** Fields that answers show besides. */
  readonly shown: { readonly [Name in keyof S]: ShownField<Row, Related, S[Name]> };
  /** What lists can be filtered and sorted by, and answers do not show. */
  readonly hidden: Readonly<Record<string, (row: Row) => unknown>>;
}

/** What answers show of a row before its own fields. */
export interface Base<Row, B extends Shapes> {
  readonly shape: () => B;
  readonly view: (row: Row) => { readonly [Name in keyof B]: z.infer<B[Name]> };
  /** What lists can be filtered and sorted by of it. */
  readonly searchable: readonly string[];
}

/** Of every object of a project. */
const objectShape = () => ({
  id: id(),
  project_id: string(),
  tenant_id: string(),
  provisioning_status: z.enum(ProvisioningStatus),
  operating_status: z.enum(OperatingStatus),
  created_at: moment().nullable(),
  updated_at: moment().nullable(),
});
const objectView = (row: LoadBalancerObject) => ({
  id: row.id,
  project_id: row.project_id,
  tenant_id: row.project_id,
  provisioning_status: row.provisioning_status,
  operating_status: row.operating_status,
  created_at: timestamp(row.created_at),
  updated_at: timestamp(row.updated_at),
});
const OBJECT: Base<LoadBalancerObject, ReturnType<typeof objectShape>> = {
  shape: objectShape,
  view: objectView,
  /** A query's `tenant_id` means `project_id`. */
  searchable: ['id', 'project_id', 'provisioning_status', 'operating_status', 'created_at', 'updated_at'],
};

const isComplete = <Out>(out: Partial<Out>, names: { readonly [Name in keyof Out]: unknown }): out is Out => {
  for (const name in names) if (!(name in out)) return false;
  return true;
};

const hasAll = <Row, Key extends keyof Row>(
  row: Partial<Row>,
  keys: readonly Key[],
): row is Partial<Row> & Pick<Row, Key> => keys.every((key) => key in row);

/** A value for each of the names. */
export const mapped = <Out>(
  names: { readonly [Name in keyof Out]: unknown },
  of: <Name extends keyof Out>(name: Name) => Out[Name],
): Out => {
  const out: Partial<Out> = {};
  for (const name in names) out[name] = of(name);
  if (!isComplete(out, names)) throw new TypeError('a field is lost');
  return out;
};

/** What is derived from the definition of a resource. */
export const resourceOn =
  <Row, B extends Shapes, Context = unknown, Related = unknown>(base: Base<Row, B>) =>
  <T extends Types<Row>, S extends Shapes>(definition: Definition<Row, Context, Related, T, S>) => {
    const { argument, wrapper, plural, schema, fields, shown, hidden } = definition;
    const attributes: T[keyof T]['attribute'][] = [];
    const searchable: string[] = [...base.searchable, ...Object.keys(hidden)];
    for (const name in fields) {
      attributes.push(fields[name].attribute);
      if (fields[name].searchable) searchable.push(name);
    }
    for (const name in shown) if (shown[name].searchable) searchable.push(name);

    const describe = () =>
      z
        .strictObject({
          ...base.shape(),
          ...mapped<{ readonly [Name in keyof T]: T[Name]['shape'] }>(fields, (name) => fields[name].shape()),
          ...mapped<S>(shown, (name) => shown[name].shape()),
        })
        .meta({ id: schema });
    let shape: ReturnType<typeof describe> | null = null;

    return {
      argument,
      wrapper,
      plural,
      /** The fields of a POST's body. */
      posts: mapped<{ readonly [Name in keyof T]: T[Name]['post'] }>(fields, (name) => fields[name].post),
      /** The fields of a PUT's body: absent keeps, null resets. */
      puts: mapped<{ readonly [Name in keyof T]: T[Name]['put'] }>(fields, (name) => fields[name].put),
      searchable,
      /** The fields of a new row. */
      draft: (given: Given<Row, T>, context: Context): Pick<Row, T[keyof T]['attribute']> => {
        const row: Partial<Row> = {};
        for (const name in fields) fields[name].draft(row, given[name], context);
        if (!hasAll(row, attributes)) throw new TypeError(`${wrapper} lacks a field that has no default`);
        return row;
      },
      /** What a PUT changes. */
      updates: (given: Given<Row, T>, context: Context): Partial<Row> => {
        const row: Partial<Row> = {};
        for (const name in fields) {
          const value = given[name];
          if (value !== undefined) fields[name].update(row, value, context);
        }
        return row;
      },
      /** What a batch changes: what it leaves out goes back to its default, or is kept where the field says so. */
      batchUpdates: (given: Given<Row, T>, context: Context): Partial<Row> => {
        const row: Partial<Row> = {};
        for (const name in fields) {
          const { keptByBatch, draft, update } = fields[name];
          const value = given[name];
          if (!keptByBatch) draft(row, value, context);
          else if (value !== undefined) update(row, value, context);
        }
        return row;
      },
      /** A row as answers show it. */
      view: (row: Row, related: Related | null) => ({
        ...base.view(row),
        ...mapped<{ readonly [Name in keyof T]: z.infer<T[Name]['shape']> }>(fields, (name) =>
          fields[name].show(row, null),
        ),
        ...mapped<{ readonly [Name in keyof S]: z.infer<S[Name]> }>(shown, (name) => shown[name].show(row, related)),
      }),
      /** What filters and sorting find besides the view. */
      hidden: (row: Row): Readonly<Record<string, unknown>> =>
        Object.fromEntries(Object.entries(hidden).map(([name, of]) => [name, of(row)])),
      /** The shape of answers, built with the first call. */
      shape: () => {
        shape ??= describe();
        return shape;
      },
    };
  };

/** The same for objects of a project. */
export const resourceOf = <Row extends LoadBalancerObject, Context = unknown, Related = unknown>() =>
  resourceOn<Row, ReturnType<typeof objectShape>, Context, Related>(OBJECT);
