import type * as z from 'zod';

/** The types of a field, place by place. */
export interface FieldTypes<Row> {
  readonly attribute: keyof Row;
  readonly given: unknown;
  readonly post: z.ZodType;
  readonly put: z.ZodType;
  readonly shape: z.ZodType;
}

/** A field that answers show, and bodies cannot set. */
export interface ShownField<Row, Related, Shape extends z.ZodType> {
  /** Built on demand: handlers never need it. */
  readonly shape: () => Shape;
  /** @param related what is around the row; null where nothing was looked up */
  readonly show: (row: Row, related: Related | null) => z.infer<Shape>;
  /** Lists can be filtered and sorted by it. */
  readonly searchable: boolean;
}

/** One field of a resource: what bodies may say, what the row keeps, and what answers show. */
export interface Field<Row, Context, T extends FieldTypes<Row>> extends ShownField<Row, unknown, T['shape']> {
  readonly attribute: T['attribute'];
  readonly post: T['post'];
  readonly put: T['put'];
  /** Sets the attribute of a new row. */
  readonly draft: (row: Partial<Row>, given: T['given'] | null | undefined, context: Context) => void;
  /** Sets the attribute among the changes of a row; null resets it. */
  readonly update: (row: Partial<Row>, given: T['given'] | null, context: Context) => void;
  /** True when a batch that leaves it out keeps it, instead of resetting it. */
  readonly keptByBatch: boolean;
}

interface Common<Key, Given> {
  readonly attribute: Key;
  /** The rule of a value in a body. */
  readonly input: z.ZodType<Given>;
  /** @default true */
  readonly searchable?: boolean;
}

/** How a field that a body may leave out, or set to null, gets its value. */
interface Defaults<Value, Context> {
  /** In a POST without it; `given` is null when the body says so. */
  readonly initial: (context: Context, given: null | undefined) => Value;
  /** When PUT says null; null keeps the value. @default as `initial` */
  readonly reset?: ((context: Context) => Value) | null;
  /** @default false */
  readonly keptByBatch?: boolean;
}

interface Conversion<Value, Context, Given, Shape extends z.ZodType> {
  readonly store: (given: Given, context: Context) => Value;
  readonly shape: () => Shape;
  readonly show: (stored: Value) => z.infer<Shape>;
}

type Optional<Given> = z.ZodOptional<z.ZodNullable<z.ZodType<Given>>>;

const same = <Value>(value: Value): Value => value;

/**
 * What the fields of a kind of row are made with.
 * @typeParam Context what their values depend on, besides the body
 */
export const fieldsOf = <Row, Context = unknown>() => {
  /** A field that may be left out, and whose row keeps another value than bodies say or answers show. */
  const converted = <Key extends keyof Row, Given, Shape extends z.ZodType>(
    options: Common<Key, Given> & Defaults<Row[Key], Context> & Conversion<Row[Key], Context, Given, Shape>,
  ): Field<
    Row,
    Context,
    { attribute: Key; given: Given; post: Optional<Given>; put: Optional<Given>; shape: Shape }
  > => {
    const { attribute, input, initial, reset = initial, store, shape, show } = options;
    const body = input.nullish();
    return {
      attribute,
      post: body,
      put: body,
      draft: (row, given, context) => {
        row[attribute] =
          given === null || given === undefined
            ? initial(context, given === null ? null : undefined)
            : store(given, context);
      },
      update: (row, given, context) => {
        if (given !== null) row[attribute] = store(given, context);
        else if (reset !== null) row[attribute] = reset(context, null);
      },
      shape,
      show: (row) => show(row[attribute]),
      searchable: options.searchable ?? true,
      keptByBatch: options.keptByBatch ?? false,
    };
  };

  /** A field that may be left out. */
  const optional = <Key extends keyof Row, Given extends Row[Key]>(
    options: Common<Key, Given> & Defaults<Row[Key], Context> & { readonly shape: () => z.ZodType<Row[Key]> },
  ) => converted<Key, Given, z.ZodType<Row[Key]>>({ ...options, store: same, show: same });

  /** A field that POST must have, and that nothing resets. */
  const mandatory = <Key extends keyof Row, Given extends Row[Key]>({
    attribute,
    input,
    shape,
    searchable = true,
  }: Common<Key, Given> & { readonly shape: () => z.ZodType<Row[Key]> }): Field<
    Row,
    Context,
    {
      attribute: Key;
      given: Given;
      post: z.ZodType<Given>;
      put: z.ZodOptional<z.ZodType<Given>>;
      shape: z.ZodType<Row[Key]>;
    }
  > => {
    const set = (row: Partial<Row>, given: Given | null | undefined) => {
      if (given !== null && given !== undefined) row[attribute] = given;
    };
    return {
      attribute,
      post: input,
      put: input.optional(),
      draft: set,
      update: set,
      shape,
      show: (row) => row[attribute],
      searchable,
      keptByBatch: false,
    };
  };

  return { converted, optional, mandatory };
};

/** A field that bodies cannot set, and lists can be filtered and sorted by. */
export const shown = <Row, Related, Shape extends z.ZodType>(
  shape: () => Shape,
  show: ShownField<Row, Related, Shape>['show'],
): ShownField<Row, Related, Shape> => ({ shape, show, searchable: true });

/** A field that bodies cannot set, and lists cannot be filtered and sorted by. */
export const shownOnly = <Row, Related, Shape extends z.ZodType>(
  shape: () => Shape,
  show: ShownField<Row, Related, Shape>['show'],
): ShownField<Row, Related, Shape> => ({ shape, show, searchable: false });
