import { answerBytes, MOST_ANSWER_BYTES } from '../answers/answer-size.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import type { ApiAnswer, ApiRequest } from '../request/request.ts';
import { narrow } from '../views/common.ts';
import { type Direction, type ListQuery, parseListQuery } from './list-query.ts';
import type { View } from './match.ts';
import { pageOf, type Source } from './page.ts';

/** How a list is shown. */
export interface Listing {
  /** The body's key; the links' key is made from it. */
  readonly plural: string;
  /** null for a list without links. @default `<plural>_links` */
  readonly linksKey?: string | null;
  /** Fields that can be filtered and sorted by. */
  readonly searchable: readonly string[];
  readonly maxLimit: number;
  /** Parameters that the list's handler reads itself. */
  readonly own?: readonly string[];
  /** Of the order when none is asked for. @default asc */
  readonly direction?: Direction;
  /** The values that a filter takes, by field; any value of the others. */
  readonly options?: Readonly<Record<string, readonly string[]>>;
  /** Gives the objects of a page what is too dear to look up for all of them. @param fields null for all */
  readonly complete?: (page: readonly View[], fields: readonly string[] | null) => Promise<readonly View[]>;
}

const linkTo = ({ origin, path, query }: ApiRequest, limit: number, changes: Readonly<Record<string, string>>) => {
  const wanted = new URLSearchParams(query);
  for (const name of ['limit', 'marker', 'page_reverse']) wanted.delete(name);
  const parameters = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of [...wanted, ...Object.entries(changes)]) parameters.append(name, value);
  return `${origin}${path}?${parameters}`;
};

/** So many of the objects, from the side that the marker is on, as an answer may have; one at least. */
const fitting = (shown: readonly View[], reverse: boolean): number => {
  let bytes = 0;
  const beyond = (reverse ? shown.toReversed() : shown).findIndex((view) => {
    bytes += answerBytes(view) + 1;
    return bytes > MOST_ANSWER_BYTES;
  });
  return beyond < 0 ? shown.length : Math.max(1, beyond);
};

/**
 * A full page may have a next one; a page that a marker led to may have a previous one; one that was shortened has
 * more. Filters stay in the links.
 */
const linksOf = (
  request: ApiRequest,
  page: readonly View[],
  { limit, marker, reverse }: ListQuery,
  shortened: boolean,
) => {
  const first = page[0];
  const last = page.at(-1);
  if (first === undefined || last === undefined) return [];
  const links: { readonly rel: string; readonly href: string }[] = [];
  if (marker !== null || (reverse && shortened)) {
    const href = linkTo(request, limit, { marker: String(first.id), page_reverse: 'True' });
    links.push({ rel: 'previous', href });
  }
  if (page.length >= limit || shortened)
    links.push({ rel: 'next', href: linkTo(request, limit, { marker: String(last.id) }) });
  return links;
};

/**
 * Answers a list of everything the caller may see: filtered, sorted, paged and narrowed as the query says. A page that
 * would be too large for an answer is shorter, and links to what it leaves out.
 * @throws ApiError 400 the query is malformed
 */
export const listAnswer = async (request: ApiRequest, listing: Listing, source: Source): Promise<ApiAnswer> => {
  const { plural, searchable, maxLimit, direction = 'asc', options, own, linksKey = `${plural}_links` } = listing;
  const query = parseListQuery(request.query, { searchable, maxLimit, direction, options, own });
  const page = await pageOf(source, query);
  const completed = listing.complete === undefined ? page : await listing.complete(page, query.fields);
  const narrowed = completed.map((view) => narrow(view, query.fields));
  const count = fitting(narrowed, query.reverse);
  const shortened = count < narrowed.length;
  const within = <T>(items: readonly T[]) => (query.reverse ? items.slice(-count) : items.slice(0, count));
  const links = linksOf(request, shortened ? within(page) : page, query, shortened);
  return {
    status: 200,
    body: {
      [plural]: shortened ? within(narrowed) : narrowed,
      ...(linksKey !== null && { [linksKey]: links }),
    },
  };
};

/** How objects are listed that are all known. */
interface KnownListing<Row> extends Pick<Listing, 'plural' | 'linksKey' | 'searchable'> {
  readonly view: (row: Row, related: null) => View;
  /** What filters and sorting find besides the view. @default the id alone */
  readonly hidden?: (row: Row) => View;
}

/** A list of all that there is; an object's id marks a page, and is shown only where it is a field. */
export const listKnown = async <Row extends { readonly id: string }>(
  request: ApiRequest,
  { view, hidden, ...listing }: KnownListing<Row>,
  rows: readonly Row[],
  { paginationMaxLimit: maxLimit }: Pick<ApiSettings, 'paginationMaxLimit'>,
): Promise<ApiAnswer> => {
  const views = new Map(rows.map((row) => [row.id, view(row, null)]));
  const complete = async (page: readonly View[]) => page.map(({ id }) => views.get(String(id)) ?? {});
  const found = rows.map((row) => ({ ...views.get(row.id), ...hidden?.(row), id: row.id }));
  return await listAnswer(request, { ...listing, maxLimit, complete }, found);
};
