import type { Walk } from '../../../lib/repositories/table/query.ts';
import { invalidMarker } from '../answers/refusals.ts';
import type { Direction, ListQuery } from './list-query.ts';
import { compareBy, matches, type View } from './match.ts';

/** An object that a page begins behind. */
export interface Marker {
  readonly view: View;
  /** Its place in the order of creation. */
  readonly place: string;
}

/** Objects that are kept in the order of their creation: a page in that order needs nothing but its own. */
export interface Kept {
  walk(walk: Walk): AsyncIterable<View>;
  /** The object of that id when the caller may see it, also one that was deleted meanwhile; else null. */
  findMarker(id: string): Promise<Marker | null>;
  /** Fields, and the attributes that hold the same text: what is filtered by them is not read any further. */
  readonly stored: Readonly<Record<string, string>>;
}

/** What a list is of: all of its objects, or where they are kept. */
export type Source = readonly View[] | Kept;

const isKept = (source: Source): source is Kept => 'walk' in source;

/** The direction when the order is that of creation, else null. Ids decide only between what is of the same millisecond. */
const directionOf = ({ sort }: ListQuery): Direction | null => {
  const [first, second, ...more] = sort;
  return first?.key === 'created_at' && second?.key === 'id' && more.length === 0 ? first.direction : null;
};

const storedFilters = ({ filters }: ListQuery, { stored }: Kept): Walk['having'] =>
  new Map([...filters].flatMap(([field, texts]) => (field in stored ? [[stored[field] ?? field, texts]] : [])));

const markerOf = async (source: Kept, id: string): Promise<Marker> => {
  const found = await source.findMarker(id.toLowerCase());
  if (found === null) throw invalidMarker(id);
  return found;
};

/** The page read from where it begins until it is full. */
const walked = async (source: Kept, query: ListQuery, direction: Direction): Promise<readonly View[]> => {
  const { marker, limit, reverse } = query;
  const from = marker === null ? null : (await markerOf(source, marker)).place;
  const descending = (direction === 'desc') !== reverse;
  const page: View[] = [];
  for await (const view of source.walk({ from, descending, having: storedFilters(query, source), wanted: limit })) {
    if (matches(view, query)) page.push(view);
    if (page.length === limit) break;
  }
  return reverse ? page.reverse() : page;
};

const everything = async (source: Kept, query: ListQuery): Promise<readonly View[]> => {
  const having = storedFilters(query, source);
  const views: View[] = [];
  for await (const view of source.walk({ from: null, descending: false, having, wanted: null })) views.push(view);
  return views;
};

/** The page of all that there is, put in order. */
const sorted = async (
  views: readonly View[],
  query: ListQuery,
  findView: (id: string) => Promise<View>,
): Promise<readonly View[]> => {
  const compare = compareBy(query.sort);
  const inOrder = views.filter((view) => matches(view, query)).sort(compare);
  const { marker: id, reverse, limit } = query;
  if (id === null) return reverse ? inOrder.slice(-limit) : inOrder.slice(0, limit);
  const marker = views.find((view) => view.id === id) ?? (await findView(id));
  return reverse
    ? inOrder.filter((view) => compare(view, marker) < 0).slice(-limit)
    : inOrder.filter((view) => compare(view, marker) > 0).slice(0, limit);
};

/** The page the query asks for, in order. @throws ApiError 400 its marker is none */
export const pageOf = async (source: Source, query: ListQuery): Promise<readonly View[]> => {
  if (!isKept(source)) return await sorted(source, query, (id) => Promise.reject(invalidMarker(id)));
  const direction = directionOf(query);
  if (direction !== null) return await walked(source, query, direction);
  return await sorted(await everything(source, query), query, async (id) => (await markerOf(source, id)).view);
};
