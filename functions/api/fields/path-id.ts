const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id in a path, in lower case. Whatever is no UUID cannot be the id of anything.
 * @param missing the error of an object that does not exist
 */
export const pathId = (
  params: Readonly<Record<string, string>>,
  name: string,
  missing: (id: string) => Error,
): string => {
  const given = params[name] ?? '';
  const id = given.toLowerCase();
  if (!UUID.test(id)) throw missing(given);
  return id;
};
