import type { Environment, Setting } from './setting.ts';

type Settings = Readonly<Record<string, Setting<unknown>>>;
type Values<S extends Settings> = { readonly [Key in keyof S]: ReturnType<S[Key]['read']> };

/** Settings that are read together, when the first caller asks for them. @throws ConfigurationError */
export interface Group<T = unknown> {
  (): T;
  settings(): readonly Setting<unknown>[];
  /** @throws ConfigurationError */
  read(environment: Environment): T;
}

/**
 * @param table a function, so that a bundle holds only the groups it reads
 * @param check what the values must be together, once each is allowed; throws ConfigurationError
 */
export const group = <S extends Settings>(
  table: () => S,
  check: (values: Values<S>, environment: Environment) => void = () => {},
): Group<Values<S>> => {
  const read = (environment: Environment): Values<S> => {
    const entries: (readonly unknown[])[] = Object.entries(table()).map(([key, one]) => [key, one.read(environment)]);
    const values: Values<S> = Object.fromEntries(entries);
    check(values, environment);
    return values;
  };
  let known: { readonly of: Values<S> } | undefined;
  const once = (): Values<S> => {
    known ??= { of: read(process.env) };
    return known.of;
  };
  return Object.assign(once, { settings: () => Object.values(table()), read });
};
