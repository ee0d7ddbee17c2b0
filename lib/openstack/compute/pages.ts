import * as z from 'zod';
import { readJson } from '../http/service-request.ts';
import { PAGE, readPages } from '../pages.ts';
import type { CloudSession } from '../session.ts';
import { novaRequest } from './microversion.ts';

export interface NovaList<S extends z.ZodType> {
  readonly path: string;
  /** The list's key in the answer, "servers" for example. */
  readonly key: string;
  readonly item: S;
  readonly filters?: readonly (readonly [string, string])[];
  /** What asks for the page behind this one, and behind so many. */
  readonly nextPage: (page: readonly z.infer<S>[], count: number) => readonly [string, string];
}

/** A whole list of Nova's, of the own project, page by page. */
export const listAllOfNova = async <S extends z.ZodType>(
  session: CloudSession,
  { path, key, item, filters = [], nextPage }: NovaList<S>,
): Promise<readonly z.infer<S>[]> => {
  const limited = [...filters, ['limit', String(PAGE)] as const];
  const schema = z.object({ [key]: z.array(item) });
  return await readPages(`Nova's ${key}`, limited, async (query, before) => {
    const request = novaRequest({ method: 'GET', path, query, accepts: [200] });
    const items = readJson(request, await session.call(request), schema)[key] ?? [];
    // Until a page is empty: an operator's upper bound may be below the limit that was asked for.
    return { items, next: items.length === 0 ? null : [...limited, nextPage(items, before + items.length)] };
  });
};

/** Servers are paged by the last one's id. */
export const afterLast = (page: readonly { readonly id: string }[]): readonly [string, string] => [
  'marker',
  page.at(-1)?.id ?? '',
];

/** Server groups are paged by how many there were. */
export const afterCount = (_page: readonly unknown[], count: number): readonly [string, string] => [
  'offset',
  String(count),
];
