import { isBoundedJson } from '../../../lib/tools/bounded-json.ts';
import { invalidJson, tooLarge, unknownMediaType, validationFailure } from '../answers/refusals.ts';
import { type ApiEvent, headerOf, stateOf } from '../request/request.ts';
import type { ApiMiddleware } from './middleware.ts';

/** The limit of oslo.middleware's sizelimit, in bytes. */
const MAX_BODY_BYTES = 114_688;

/**
 * The deepest body upstream takes, a load balancer with everything below it, has some 12 levels; one of members only, as large
 * as a body may be, some 6,000 values.
 */
const BOUNDS = { levels: 32, values: 20_000, lists: true };

const JSON_TYPES = new Set(['application/json', 'text/javascript', 'application/javascript']);

const bytesOf = (event: ApiEvent): Buffer => Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');

/** Parses a JSON body of POST and PUT; no body at all is undefined. */
export const parseBody = (): ApiMiddleware => ({
  before: ({ event }) => {
    const { method } = event.requestContext.http;
    if (method !== 'POST' && method !== 'PUT') return;
    const bytes = bytesOf(event);
    if (bytes.length > MAX_BODY_BYTES) throw tooLarge();
    if (bytes.length === 0) return;
    const mediaType = (headerOf(event.headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    if (mediaType !== '' && !JSON_TYPES.has(mediaType)) throw unknownMediaType(mediaType);
    if (!isBoundedJson(bytes, BOUNDS)) {
      throw validationFailure(`The body may have ${BOUNDS.levels} levels and ${BOUNDS.values} values at most.`);
    }
    try {
      stateOf(event).body = JSON.parse(bytes.toString('utf8'));
    } catch {
      throw invalidJson();
    }
  },
});
