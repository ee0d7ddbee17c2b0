import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { underDeadline } from '../../lib/context/deadline.ts';
import { underRequestId } from '../../lib/context/request-id.ts';
import type { PolicySet } from '../../lib/settings/config.ts';
import { answerBytes, MOST_ANSWER_BYTES } from './answers/answer-size.ts';
import type { ApiError } from './answers/api-error.ts';
import { answerTooLarge, methodNotAllowed, missingArgument, unauthorized, unknownPath } from './answers/refusals.ts';
import { answerFaults } from './middleware/answer-faults.ts';
import { type Authenticate, requireCaller } from './middleware/authenticate.ts';
import { beginRequest } from './middleware/begin-request.ts';
import { checkAccept } from './middleware/check-accept.ts';
import { checkQuery } from './middleware/check-query.ts';
import { findRoute } from './middleware/find-route.ts';
import { parseBody } from './middleware/parse-body.ts';
import { originOf } from './request/origin.ts';
import { allows, type PolicyAction } from './request/policy.ts';
import { flag, isWrite } from './request/query.ts';
import { renderAnswer } from './request/render-answer.ts';
import {
  type ApiAnswer,
  type ApiEvent,
  type Caller,
  type HttpAnswer,
  type PublicRequest,
  stateOf,
} from './request/request.ts';
import { type AnyRoute, createRouter, type RouteMissing } from './request/router.ts';

export interface ApiOptions {
  readonly routes: readonly AnyRoute[];
  readonly authenticate: Authenticate;
  /** Whose roles count. */
  readonly policySet: () => PolicySet;
  /** What links begin with instead of the request's own scheme and host. */
  readonly baseUri: () => string | null;
  /** Answers what the work of a request would do, and does none of it. */
  readonly dryRun: (caller: Caller, work: () => Promise<ApiAnswer>) => Promise<ApiAnswer>;
  /** @throws ApiError 503 the worker is frozen */
  readonly refuseFrozen: () => Promise<void>;
}

/** Milliseconds that are left for an answer when the function's time is over. */
const TIME_TO_ANSWER = 500;

/** What is done is done: only what was asked for can be refused for its size. @throws ApiError 400 */
const refuseTooLarge = ({ requestContext, rawPath }: ApiEvent, { body }: ApiAnswer): void => {
  if (requestContext.http.method !== 'GET' || body === undefined) return;
  const bytes = answerBytes(body);
  if (bytes <= MOST_ANSWER_BYTES) return;
  throw answerTooLarge(`The answer to ${rawPath}`, bytes, 'ask for some of its fields, or for the lists of its parts');
};

/** Why no route takes the request. */
const refusalOf = (match: RouteMissing | null): ApiError => {
  if (match?.lacks) return missingArgument(match.lacks);
  return match?.allowed.length ? methodNotAllowed(match.allowed) : unknownPath();
};

/** The API as one Lambda handler for HTTP API events: the stack of middlewares around the route's handler. */
export const createApi = ({ routes, authenticate, policySet, baseUri, dryRun, refuseFrozen }: ApiOptions) => {
  const answer = async (event: ApiEvent): Promise<ApiAnswer> => {
    const { requestId, match, caller, body } = stateOf(event);
    if (match === null || !match.found) throw refusalOf(match);
    const { route, params } = match;
    const request: PublicRequest = {
      requestId,
      path: event.rawPath,
      origin: baseUri()?.replace(/\/$/, '') ?? originOf(event),
      params,
      query: new URLSearchParams(event.rawQueryString),
      headers: event.headers,
      body,
    };
    if (route.action === null) return route.handle(request);
    if (caller === null) throw unauthorized();
    const { action, handle } = route;
    const work = () =>
      handle({
        ...request,
        caller,
        action,
        allows: (other: PolicyAction, projectId) => allows(policySet(), caller, other, projectId),
      });
    if (isWrite(route) && flag(request.query, 'dry_run')) return await dryRun(caller, work);
    if (isWrite(route) && route.whileFrozen !== true) await refuseFrozen();
    return await work();
  };

  const api = middy<ApiEvent, HttpAnswer, Error, Context>({ timeoutEarlyInMillis: TIME_TO_ANSWER })
    .use(beginRequest())
    .use(answerFaults())
    .use(checkAccept())
    .use(findRoute(createRouter(routes)))
    .use(requireCaller(authenticate))
    .use(checkQuery())
    .use(parseBody())
    .handler(async (event: ApiEvent) => {
      const { requestId } = stateOf(event);
      const answered = await underRequestId(requestId, () => answer(event));
      refuseTooLarge(event, answered);
      return renderAnswer(answered);
    });
  return underDeadline(api);
};
