import * as z from 'zod';
import { readJson } from '../http/service-request.ts';
import type { CloudSession } from '../session.ts';
import { novaRequest } from './microversion.ts';

/** Nova's own upper bound for one page, unless an operator lowered it. */
const PAGE = 1000;

export interface NovaList<S extends z.ZodType> {
  readonly path: string;
  /** The list's key in the answer, "servers" for example. */
  readonly key: string;
  readonly item: S;
  readonly filters?: readonly (readonly [string, string])[];
  /** What asks for the page behind these. */
  readonly nextPage: (found: readonly z.infer<S>[]) => readonly [string, string];
}

/** A whole list of Nova's, of the own project, page by page. */
export const listAllOfNova = async <S extends z.ZodType>(
  session: CloudSession,
  { path, key, item, filters = [], nextPage }: NovaList<S>,
): Promise<readonly z.infer<S>[]> => {
  const found: z.infer<S>[] = [];
  for (;;) {
    const query = [...filters, ['limit', String(PAGE)] as const, ...(found.length === 0 ? [] : [nextPage(found)])];
    const request = novaRequest({ method: 'GET', path, query, accepts: [200] });
    const page = readJson(request, await session.call(request), z.object({ [key]: z.array(item) }))[key] ?? [];
    if (page.length === 0) return found;
    found.push(...page);
  }
};

/** Servers are paged by the last one's id. */
export const afterLast = (found: readonly { readonly id: string }[]): readonly [string, string] => [
  'marker',
  found.at(-1)?.id ?? '',
];

/** Server groups are paged by how many there were. */
export const afterCount = (found: readonly unknown[]): readonly [string, string] => ['offset', String(found.length)];
