import { notAcceptable } from '../answers/refusals.ts';
import { headerOf } from '../request/request.ts';
import type { ApiMiddleware } from './middleware.ts';

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const RANGE = new RegExp(`^(${TOKEN}/${TOKEN})((?:[ \\t]*;[ \\t]*${TOKEN}=(?:${TOKEN}|"[^"]*"))*)$`);
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;
/** The ranges that JSON is in, the most specific one first: that one counts. */
const JSON_RANGES = ['application/json', 'application/*', '*/*'];

/** The weight of each media range; null for a header that is malformed. */
const weightsOf = (accept: string): ReadonlyMap<string, number> | null => {
  const weights = new Map<string, number>();
  for (const part of accept.split(',').map((text) => text.trim())) {
    if (part === '') continue;
    const [, type = '', parameters = ''] = RANGE.exec(part) ?? [];
    const weight = /;[ \t]*q=([^;]*)$/i.exec(parameters)?.[1]?.trim() ?? '1';
    if (type === '' || !WEIGHT.test(weight)) return null;
    weights.set(type.toLowerCase(), Number(weight));
  }
  return weights;
};

const acceptsJson = (accept: string): boolean => {
  const weights = weightsOf(accept);
  if (weights === null) return true;
  const range = JSON_RANGES.find((candidate) => weights.has(candidate));
  return range !== undefined && (weights.get(range) ?? 0) > 0;
};

/** JSON is all there is. No Accept header, an empty one, and, as upstream, one that is malformed accept it. @throws ApiError 406 */
export const checkAccept = (): ApiMiddleware => ({
  before: ({ event }) => {
    const accept = (headerOf(event.headers, 'accept') ?? '').trim();
    if (accept !== '' && !acceptsJson(accept)) throw notAcceptable();
  },
});
