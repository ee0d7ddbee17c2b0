import {
  invalidFilters,
  invalidFilterValue,
  invalidLimit,
  invalidSortDirection,
  invalidSortKey,
  malformedSortKey,
} from '../answers/refusals.ts';

export type Direction = 'asc' | 'desc';

export interface SortKey {
  readonly key: string;
  readonly direction: Direction;
}

/** Tags an object must have (all, any) or must not have (all at once, any). Empty means "not asked". */
export interface TagFilters {
  readonly all: readonly string[];
  readonly any: readonly string[];
  readonly notAll: readonly string[];
  readonly notAny: readonly string[];
}

/** What a list request asks for. */
export interface ListQuery {
  /** By field; an object passes when it has one of the values. */
  readonly filters: ReadonlyMap<string, readonly string[]>;
  readonly tags: TagFilters;
  readonly sort: readonly SortKey[];
  readonly limit: number;
  readonly marker: string | null;
  /** The page before the marker instead of the one after it. */
  readonly reverse: boolean;
  /** null for all of them. */
  readonly fields: readonly string[] | null;
}

/** What the list is of. */
export interface ListRules {
  /** Fields that can be filtered and sorted by. */
  readonly searchable: readonly string[];
  readonly maxLimit: number;
  readonly direction: Direction;
  /** The values that a filter takes, by field, where only these make sense. */
  readonly options?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Parameters that are no filter and no control: the caller reads them. */
  readonly own?: readonly string[] | undefined;
}

const CONTROLS = new Set([
  ...['limit', 'marker', 'page_reverse', 'sort', 'sort_key', 'sort_dir', 'fields'],
  ...['tags', 'tags-any', 'not-tags', 'not-tags-any'],
]);
const ALIASES: Readonly<Record<string, string>> = { tenant_id: 'project_id' };

const words = (query: URLSearchParams, name: string): readonly string[] =>
  query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** Also an empty one, which no object has. */
const tagsIn = (query: URLSearchParams, name: string): readonly string[] =>
  query.getAll(name).flatMap((value) => value.split(','));

const direction = (given: string): Direction => {
  const asked = given.toLowerCase();
  if (asked !== 'asc' && asked !== 'desc') throw invalidSortDirection(given);
  return asked;
};

const askedSort = (query: URLSearchParams, fallback: Direction): readonly SortKey[] => {
  if (query.has('sort')) {
    return words(query, 'sort').map((part) => {
      const [key = '', asked, ...rest] = part.split(':');
      if (rest.length > 0) throw malformedSortKey(part.split(':'));
      return { key, direction: asked === undefined ? fallback : direction(asked) };
    });
  }
  const directions = words(query, 'sort_dir');
  return words(query, 'sort_key').map((key, index) => {
    const asked = directions[index];
    return { key, direction: asked === undefined ? fallback : direction(asked) };
  });
};

/** The asked-for order, made total by creation time and id. */
const sortKeys = (query: URLSearchParams, rules: ListRules): readonly SortKey[] => {
  const asked = askedSort(query, rules.direction);
  for (const { key } of asked) if (!rules.searchable.includes(key)) throw invalidSortKey(key);
  const missing = ['created_at', 'id'].filter(
    (key) => rules.searchable.includes(key) && !asked.some((sort) => sort.key === key),
  );
  return [...asked, ...missing.map((key) => ({ key, direction: rules.direction }))];
};

const filtersOf = (query: URLSearchParams, rules: ListRules): ReadonlyMap<string, readonly string[]> => {
  const filters = new Map<string, readonly string[]>();
  const invalid: string[] = [];
  for (const name of new Set(query.keys())) {
    if (CONTROLS.has(name) || rules.own?.includes(name)) continue;
    const field = ALIASES[name] ?? name;
    if (!rules.searchable.includes(field) || filters.has(field)) invalid.push(name);
    else filters.set(field, query.getAll(name));
  }
  if (invalid.length > 0) throw invalidFilters(invalid);
  for (const [field, options] of Object.entries(rules.options ?? {})) {
    const unknown = filters.get(field)?.find((value) => !options.includes(value));
    if (unknown !== undefined) throw invalidFilterValue(unknown, field, options);
  }
  return filters;
};

const limitOf = (query: URLSearchParams, maxLimit: number): number => {
  const given = query.get('limit');
  if (given === null || given === 'infinite') return maxLimit;
  if (!/^\s*[+-]?\d+\s*$/.test(given)) throw invalidLimit(given);
  const asked = Number(given);
  return asked < 1 ? maxLimit : Math.min(asked, maxLimit);
};

/** The fields that a list or a show is narrowed to, or null for all of them. */
export const askedFields = (query: URLSearchParams): readonly string[] | null =>
  query.has('fields') ? words(query, 'fields') : null;

/** The project that a list is asked of, the last one if several are given; or null. */
export const askedProject = (query: URLSearchParams): string | null =>
  query.getAll('project_id').at(-1) ?? query.getAll('tenant_id').at(-1) ?? null;

/** @throws ApiError 400 unknown filters or filter values, unknown sort key or direction, malformed limit */
export const parseListQuery = (query: URLSearchParams, rules: ListRules): ListQuery => ({
  filters: filtersOf(query, rules),
  tags: {
    all: tagsIn(query, 'tags'),
    any: tagsIn(query, 'tags-any'),
    notAll: tagsIn(query, 'not-tags'),
    notAny: tagsIn(query, 'not-tags-any'),
  },
  sort: sortKeys(query, rules),
  limit: limitOf(query, rules.maxLimit),
  marker: query.get('marker'),
  reverse: query.get('page_reverse')?.toLowerCase() === 'true',
  fields: askedFields(query),
});
