import { isDeepStrictEqual } from 'node:util';
import { CloudRequestError, CloudUnavailableError } from '../errors/cloud.ts';

export type Query = readonly (readonly [name: string, value: string])[];

export interface Page<Item> {
  readonly items: readonly Item[];
  /** What asks for the page behind it; null when there is none. */
  readonly next: Query | null;
}

/** Things on a page: Nova's own upper bound, unless an operator lowered it. */
export const PAGE = 1_000;
/** A million things: a list that goes on is one of a service that does not page. */
const MOST_PAGES = 1_000;
const STARTS = 3;

const GONE = new Set([400, 404]);

/** Nova says 400 and Neutron 404 of a marker that was deleted since its page was read. */
const isMarkerGone = (error: unknown): boolean => error instanceof CloudRequestError && GONE.has(error.status);

/** @returns null when the thing that the next page begins behind is gone */
const readOnce = async <Item>(
  list: string,
  first: Query,
  read: (query: Query, before: number) => Promise<Page<Item>>,
): Promise<Item[] | null> => {
  const items: Item[] = [];
  let query = first;
  for (let pages = 1; pages <= MOST_PAGES; pages += 1) {
    let page: Page<Item>;
    try {
      page = await read(query, items.length);
    } catch (error) {
      if (query !== first && isMarkerGone(error)) return null;
      throw error;
    }
    for (const item of page.items) items.push(item);
    if (page.next === null) return items;
    if (isDeepStrictEqual(page.next, query)) break;
    query = page.next;
  }
  throw new CloudRequestError(`The pages of ${list} do not end.`, { status: 200 });
};

/**
 * A whole list, page by page.
 *
 * @param list its name, for errors
 * @param first what asks for the first page
 * @param read asks for a page, behind so many items
 * @throws CloudRequestError pages that do not end
 * @throws CloudUnavailableError the list changes faster than it can be read
 */
export const readPages = async <Item>(
  list: string,
  first: Query,
  read: (query: Query, before: number) => Promise<Page<Item>>,
): Promise<Item[]> => {
  for (let start = 1; start <= STARTS; start += 1) {
    const items = await readOnce(list, first, read);
    if (items !== null) return items;
  }
  throw new CloudUnavailableError(`${list} changed ${STARTS} times while it was read.`);
};
