import * as z from 'zod';
import { InvalidArgumentError } from '../../errors/flow.ts';
import { readJson, type ServiceRequest } from '../http/service-request.ts';
import { readPages } from '../pages.ts';
import type { CloudSession } from '../session.ts';

const links = z.array(z.object({ rel: z.string(), href: z.string() })).default([]);

/**
 * A whole Neutron list: follows the `next` links of a request with a `limit`, or of a server with one.
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
  return await readPages(`Neutron's ${key}`, request.query ?? [], async (query) => {
    const asked = { ...request, query };
    const answer = await session.call(asked);
    const items = readJson(asked, answer, page)[key] ?? [];
    const next = readJson(asked, answer, pageLinks)[`${key}_links`]?.find(({ rel }) => rel === 'next');
    // Only its query: behind a proxy the link's host may be wrong, and the token goes nowhere but to the endpoint.
    return { items, next: next === undefined ? null : [...new URL(next.href, 'http://endpoint').searchParams] };
  });
};
