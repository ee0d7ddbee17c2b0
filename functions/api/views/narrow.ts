/** Leaves only the asked-for fields of an object; null leaves all. */
export const narrow = (
  view: Readonly<Record<string, unknown>>,
  fields: readonly string[] | null,
): Readonly<Record<string, unknown>> =>
  fields === null ? view : Object.fromEntries(Object.entries(view).filter(([field]) => fields.includes(field)));
