import * as z from 'zod';
import { InvalidArgumentError } from '../../errors/flow.ts';
import { readJson, type ServiceRequest } from '../http/service-request.ts';
import type { CloudSession } from '../session.ts';

const links = z.array(z.object({ rel: z.string(), href: z.string() })).default([]);

/**
 * A whole Neutron list: follows the `next` links a server with a page limit gives.
 *
 * @param key the list's key in the answer, "ports" for example
 */
export const listAll = async <S extends z.ZodType>(
  session: CloudSession,
  request: ServiceRequest,
  key: string,
  item: S,
): Promise<z.infer<S>[]> => {
  const empty = request.query?.find(([, value]) => value === '');
  // Neutron would answer everything that has no such value at all.
  if (empty !== undefined) throw new InvalidArgumentError(empty[0], 'an empty filter finds nothing');
  const page = z.object({ [key]: z.array(item) });
  const pageLinks = z.object({ [`${key}_links`]: links });
  const items: z.infer<S>[] = [];
  for (let query = request.query ?? []; ; ) {
    const asked = { ...request, query };
    const answer = await session.call(asked);
    items.push(...(readJson(asked, answer, page)[key] ?? []));
    const next = readJson(asked, answer, pageLinks)[`${key}_links`]?.find(({ rel }) => rel === 'next');
    if (next === undefined) return items;
    // Only its query: behind a proxy the link's host may be wrong, and the token goes nowhere but to the endpoint.
    query = [...new URL(next.href, 'http://endpoint').searchParams];
  }
};
