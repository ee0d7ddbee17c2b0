/** An update of top-level attributes: undefined is left alone, null is stored as null, REMOVE takes it away. */
export const REMOVE = Symbol('remove the attribute');

export interface UpdateExpression {
  readonly UpdateExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/** `SET #a = :a, ... REMOVE #b` for the given attributes; names and values are prefixed so that conditions can be added. */
export const setExpression = (attributes: Readonly<Record<string, unknown>>): UpdateExpression => {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const sets: string[] = [];
  const removals: string[] = [];
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    names[`#u_${attribute}`] = attribute;
    if (value === REMOVE) removals.push(`#u_${attribute}`);
    else {
      values[`:u_${attribute}`] = value;
      sets.push(`#u_${attribute} = :u_${attribute}`);
    }
  }
  const parts = [
    sets.length > 0 ? `SET ${sets.join(', ')}` : '',
    removals.length > 0 ? `REMOVE ${removals.join(', ')}` : '',
  ];
  return {
    UpdateExpression: parts.filter((part) => part !== '').join(' '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
};

type Updated = Readonly<Record<string, unknown>>;

/** What an update that `setExpression` has made sets; REMOVE for what it takes away. */
export const attributesSet = ({
  ExpressionAttributeNames: names = {},
  ExpressionAttributeValues: values = {},
}: {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Updated | undefined;
}): Updated =>
  Object.fromEntries(
    Object.entries(names)
      .filter(([name]) => name.startsWith('#u_'))
      .map(([name, attribute]) => [
        attribute,
        name.replace('#', ':') in values ? values[name.replace('#', ':')] : REMOVE,
      ]),
  );
