import { booleanOfWord } from '../fields/fields.ts';
import type { ListQuery, SortKey, TagFilters } from './list-query.ts';

/** An object as the API shows it. */
export type View = Readonly<Record<string, unknown>>;

const hasValue = (value: unknown, wanted: string): boolean =>
  typeof value === 'boolean'
    ? booleanOfWord(wanted) === value
    : value !== null && value !== undefined && String(value) === wanted;

const tagsOf = (view: View): readonly unknown[] => (Array.isArray(view.tags) ? view.tags : []);

const matchesTags = (view: View, { all, any, notAll, notAny }: TagFilters): boolean => {
  const has = new Set(tagsOf(view));
  return (
    all.every((tag) => has.has(tag)) &&
    (any.length === 0 || any.some((tag) => has.has(tag))) &&
    (notAll.length === 0 || !notAll.every((tag) => has.has(tag))) &&
    !notAny.some((tag) => has.has(tag))
  );
};

/** One of the wanted values; a list is wanted as a whole. */
const isWanted = (value: unknown, wanted: readonly string[]): boolean =>
  Array.isArray(value)
    ? value.length === wanted.length && wanted.every((one, index) => value[index] === one)
    : wanted.some((one) => hasValue(value, one));

/** True when the object passes every filter of the query. */
export const matches = (view: View, { filters, tags }: Pick<ListQuery, 'filters' | 'tags'>): boolean =>
  [...filters].every(([field, wanted]) => isWanted(view[field], wanted)) && matchesTags(view, tags);

/** Nothing comes before something; numbers by size, everything else by its characters. */
const compareValues = (left: unknown, right: unknown): number => {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const a = String(left ?? '');
  const b = String(right ?? '');
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** The order the sort keys ask for. */
export const compareBy =
  (sort: readonly SortKey[]) =>
  (left: View, right: View): number => {
    for (const { key, direction } of sort) {
      const order = compareValues(left[key], right[key]);
      if (order !== 0) return direction === 'asc' ? order : -order;
    }
    return 0;
  };
