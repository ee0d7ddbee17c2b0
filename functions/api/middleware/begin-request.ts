import { randomUUID } from 'node:crypto';
import { logger } from '../../../lib/tools/logger.ts';
import { queryTooLong } from '../answers/refusals.ts';
import { type ApiEvent, headerOf, stateOf } from '../request/request.ts';
import type { ApiMiddleware } from './middleware.ts';

const REQUEST_ID = /^req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Bytes; a page of a list with every filter has some 2,000. */
const MOST_QUERY_BYTES = 8_192;

/** The caller's own request id when it is one, or a fresh one. */
const requestIdOf = (event: ApiEvent): string => {
  const given = headerOf(event.headers, 'x-openstack-request-id');
  return given !== null && REQUEST_ID.test(given) ? given : `req-${randomUUID()}`;
};

/** The first of the stack: gives the request its id, answers it back, logs the request when it is done, and bounds its query. */
export const beginRequest = (): ApiMiddleware => {
  const end = (request: Parameters<NonNullable<ApiMiddleware['after']>>[0]): void => {
    const { event, response } = request;
    const state = stateOf(event);
    if (response === null || response === undefined) return;
    response.headers = { ...response.headers, 'x-openstack-request-id': state.requestId };
    logger.info('request', {
      request_id: state.requestId,
      user_id: state.caller?.userId ?? null,
      project_id: state.caller?.projectId ?? null,
      method: event.requestContext.http.method,
      path: event.rawPath,
      status: response.statusCode,
      duration_ms: Date.now() - state.startedAt,
    });
  };
  return {
    before: ({ event }) => {
      event.state = {
        requestId: requestIdOf(event),
        startedAt: Date.now(),
        match: null,
        caller: null,
        body: undefined,
      };
      if (event.rawQueryString.length > MOST_QUERY_BYTES) throw queryTooLong(MOST_QUERY_BYTES);
    },
    after: end,
    onError: end,
  };
};
