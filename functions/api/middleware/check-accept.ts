import { notAcceptable } from '../refusals.ts';
import { headerOf, stateOf } from '../request.ts';
import type { ApiMiddleware } from './middleware.ts';

const JSON_RANGES = new Set(['application/json', 'application/*', '*/*']);

/** True when JSON is among the ranges and not refused with q=0. */
const acceptsJson = (accept: string): boolean =>
  accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
    return JSON_RANGES.has(type) && !refused;
  });

/** JSON is all there is; no Accept header, or an empty one, accepts it. */
export const checkAccept = (): ApiMiddleware => ({
  before: ({ event }) => {
    const accept = headerOf(event.headers, 'accept') ?? '';
    if (accept.trim() !== '' && !acceptsJson(accept)) throw notAcceptable(stateOf(event).requestId);
  },
});
