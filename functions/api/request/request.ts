import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Requester } from '../../../lib/models/operations/operation.ts';
import type { PolicyAction } from './policy.ts';
import type { RouteMatch } from './router.ts';

/** The caller, as the token says. */
export interface Caller {
  readonly userId: string;
  /** null for a token without a project. */
  readonly projectId: string | null;
  readonly roles: readonly string[];
  readonly systemScope: boolean;
  /** True when no token is asked for (noauth): every caller may do everything. */
  readonly unrestricted: boolean;
  /** The caller's own token, for looks into the cloud with the caller's eyes. Never logged. */
  readonly token: string | null;
  /** Of the service that calls for the user: with it a token counts that has ended meanwhile. Never logged. */
  readonly serviceToken: string | null;
}

/** The part of an HTTP API event (payload 2.0) that is read. */
export interface ApiEvent extends Pick<APIGatewayProxyEventV2, 'rawPath' | 'rawQueryString' | 'headers'> {
  readonly body?: string | undefined;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly domainName?: string;
    readonly http: { readonly method: string };
  };
  /** What the middlewares have found out so far. */
  state?: RequestState;
}

export interface RequestState {
  readonly requestId: string;
  /** Milliseconds. */
  readonly startedAt: number;
  match: RouteMatch | null;
  caller: Caller | null;
  /** Parsed JSON; undefined when there was no body. */
  body: unknown;
}

/** What the handler of a route without authorization gets. */
export interface PublicRequest {
  readonly requestId: string;
  /** As requested, without the query. */
  readonly path: string;
  /** Scheme and host that links begin with, without a slash at the end. */
  readonly origin: string;
  /** The pattern's parts by their names. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/** What a route's handler gets. */
export interface ApiRequest extends PublicRequest {
  readonly caller: Caller;
  /** The route's policy. */
  readonly action: PolicyAction;
  /** True when the caller may do that to something of the project; null is no project's. */
  readonly allows: (action: PolicyAction, projectId: string | null) => boolean;
}

export interface ApiAnswer {
  readonly status: number;
  /** JSON; left out for answers without a body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type ApiHandler = (request: ApiRequest) => Promise<ApiAnswer>;
export type PublicHandler = (request: PublicRequest) => Promise<ApiAnswer>;

export type HttpAnswer = APIGatewayProxyStructuredResultV2;

/** @throws TypeError the stack is put together without `beginRequest` */
export const stateOf = (event: ApiEvent): RequestState => {
  if (event.state === undefined) throw new TypeError('beginRequest is missing in the stack');
  return event.state;
};

/** A header by its lower-case name; names arrive in any case from some gateways. */
export const headerOf = (headers: Readonly<Record<string, string | undefined>>, name: string): string | null => {
  const direct = headers[name];
  if (direct !== undefined) return direct;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return found?.[1] ?? null;
};

/** The requester in an operation's record. */
export const requesterOf = ({ caller, requestId }: ApiRequest): Requester => ({
  user_id: caller.userId,
  project_id: caller.projectId,
  request_id: requestId,
});
