import { isObject } from '../../json.ts';

/** A path out of a template or a field: the field it stands in, and the path. */
export interface Reference {
  readonly field: string;
  readonly path: string;
}

const PATHS = /\$\$?(?:[.[][^\s,()]*)?/g;
const LITERALS = /'(?:[^'\\]|\\.)*'/g;

const pathsIn = (expression: string): readonly string[] =>
  expression.startsWith('$') ? [expression] : (expression.replace(LITERALS, '').match(PATHS) ?? []);

/** Every path in a payload template: values of keys that end in `.$`, at any depth, also inside intrinsic functions. */
export const referencesIn = (field: string, template: unknown): readonly Reference[] => {
  if (Array.isArray(template)) return template.flatMap((item) => referencesIn(field, item));
  if (!isObject(template)) return [];
  return Object.entries(template).flatMap(([key, value]) =>
    key.endsWith('.$') && typeof value === 'string'
      ? pathsIn(value).map((path) => ({ field: `${field}.${key.slice(0, -2)}`, path }))
      : referencesIn(`${field}.${key}`, value),
  );
};

/** The first key of a path into the state's input, or null for `$` itself and for the context object. */
export const firstKey = (path: string): string | null =>
  /^\$(?:\.(?<plain>[\w-]+)|\['(?<quoted>[^']+)'\])/
    .exec(path)
    ?.slice(1)
    .find((key) => key !== undefined) ?? null;
