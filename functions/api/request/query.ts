import { invalidOption } from '../answers/refusals.ts';
import { booleanOfWord } from '../fields/fields.ts';
import type { AnyRoute } from './router.ts';

/** What requests may say in their query, beside filters, sorting and paging of lists and `fields` of objects. */
export const QUERY_PARAMETERS = Object.freeze({
  dry_run: 'true: answers what would be done, and does nothing',
  cascade: 'true: with everything below it',
  additive_only: 'true: members that are not named stay',
  force: 'true: also while the operation runs',
});
export type QueryParameter = keyof typeof QUERY_PARAMETERS;

export const isWrite = ({ method }: Pick<AnyRoute, 'method'>): boolean => method !== 'GET' && method !== 'HEAD';

/** The parameters that a route takes; null when its handler reads the query itself, or ignores what it does not know. */
export const parametersOf = (route: AnyRoute): readonly QueryParameter[] | null => {
  if (isWrite(route)) return [...(route.query ?? []), 'dry_run'];
  return route.query ?? null;
};

/** A parameter that upstream does not have: absent is false. @throws ApiError 400 a value that is neither true nor false */
export const flag = (query: URLSearchParams, name: QueryParameter): boolean => {
  const word = query.get(name) ?? 'false';
  if (word !== 'true' && word !== 'false') throw invalidOption(word, `${name}: use true or false`);
  return word === 'true';
};

/** One of upstream's: as there, every word that does not mean true is false. */
export const lenientFlag = (query: URLSearchParams, name: QueryParameter): boolean =>
  booleanOfWord(query.get(name) ?? '') ?? false;
