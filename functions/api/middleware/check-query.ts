import { repeatedArguments, unknownArguments } from '../answers/refusals.ts';
import { parametersOf } from '../request/query.ts';
import { stateOf } from '../request/request.ts';
import type { ApiMiddleware } from './middleware.ts';

/**
 * Refuses query parameters that the route does not take, and repeated ones, before the body is looked at: a misspelt
 * `dry_run` must not do the real thing. @throws ApiError 400
 */
export const checkQuery = (): ApiMiddleware => ({
  before: ({ event }) => {
    const { match } = stateOf(event);
    const known: readonly string[] | null = match?.found ? parametersOf(match.route) : null;
    if (known === null) return;
    const given = [...new URLSearchParams(event.rawQueryString).keys()];
    const unknown = given.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw unknownArguments([...new Set(unknown)]);
    const repeated = given.filter((name, index) => given.indexOf(name) < index);
    if (repeated.length > 0) throw repeatedArguments([...new Set(repeated)]);
  },
});
