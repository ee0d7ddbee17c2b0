/** A time as the API writes it: UTC, to the second, without a zone. */
export const timestamp = (time: string | null): string | null => (time === null ? null : time.slice(0, 19));

/** An object that is only named by its id. */
export const idOnly = (id: string): { readonly id: string } => ({ id });

/** Leaves only the asked-for fields of an object; null leaves all. */
export const narrow = (
  view: Readonly<Record<string, unknown>>,
  fields: readonly string[] | null,
): Readonly<Record<string, unknown>> =>
  fields === null ? view : Object.fromEntries(Object.entries(view).filter(([field]) => fields.includes(field)));
