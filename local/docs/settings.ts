/** A setting as lib/config.ts reads it. */
export interface Setting {
  readonly name: string;
  readonly kind: 'text' | 'optional' | 'list' | 'integer' | 'flag' | 'oneOf';
  /** As it would be written in the environment; null for none. */
  readonly fallback: string | null;
  /** True when a function that needs it does not start without it. */
  readonly required: boolean;
}

const READ = /\b(?<kind>text|optional|list|integer|flag|oneOf)\(\s*'(?<name>[A-Z][A-Z0-9_]+)'(?<rest>[^)]*)\)/g;

const kindOf = (text: string | undefined): Setting['kind'] | undefined =>
  (['text', 'optional', 'list', 'integer', 'flag', 'oneOf'] as const).find((kind) => kind === text);

/** What stands where the reader takes its default from. */
const fallbackOf = (kind: Setting['kind'], rest: string): string | null => {
  if (kind === 'optional' || kind === 'list') return null;
  const values = rest
    .replace(/\[[^\]]*\]/g, 'LIST')
    .split(',')
    .map((part) => part.trim());
  const value = values[kind === 'oneOf' ? 2 : 1];
  return value === undefined || value === ''
    ? null
    : value.replaceAll("'", '').replaceAll('_', kind === 'integer' ? '' : '_');
};

/**
 * Every setting of the configuration, in its order.
 * @param source text of lib/config.ts
 */
export const readSettings = (source: string): readonly Setting[] => {
  const found = [...source.matchAll(READ)].flatMap(({ groups }) => {
    const kind = kindOf(groups?.kind);
    const name = groups?.name;
    if (kind === undefined || name === undefined) return [];
    const fallback = fallbackOf(kind, groups?.rest ?? '');
    return [{ name, kind, fallback, required: kind === 'text' && fallback === null }];
  });
  return found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index);
};

const ROW = /^\| `(?<name>[A-Z][A-Z0-9_]+)` \| (?<fallback>.*?) \|/gm;

/** The rows of the settings tables of a page: name to what is in the column of the default. */
export const documentedSettings = (page: string): ReadonlyMap<string, string> =>
  new Map(
    [...page.matchAll(ROW)].map(({ groups }) => [groups?.name ?? '', (groups?.fallback ?? '').replaceAll('`', '')]),
  );
