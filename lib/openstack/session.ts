import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { remainingMs } from '../context/deadline.ts';
import { refuseInDryRun } from '../context/dry-run.ts';
import { currentRequestId } from '../context/request-id.ts';
import { CloudSignInError } from '../errors/cloud.ts';
import { cloudHttpConfig, identityConfig } from '../settings/config.ts';
import { errorOfAnswer, errorOfConnection } from './http/named-errors.ts';
import { sendWithRetries } from './http/retries.ts';
import type { ServiceRequest } from './http/service-request.ts';
import { type HttpAnswer, type HttpTransport, httpTransport, isPage } from './http/transport.ts';
import type { AuthOptions } from './identity/auth-options/auth-options.ts';
import { readAuthOptions } from './identity/auth-options/read-auth-options.ts';
import { endpointOf } from './identity/catalog/endpoints.ts';
import { issueToken, type Token } from './identity/tokens/issue-token.ts';
import { type TokenKeeper, tokenKeeper } from './identity/tokens/token-keeper.ts';

/** The worker's way to a cloud: signs in when needed, and calls services with its token. */
export interface CloudSession {
  /**
   * One call of one service, all tries within the request timeout and half of the function's time.
   *
   * @throws CloudUnavailableError no connection, no answer in time, 429 or 5xx, or another's page instead of an answer
   * @throws CloudSignInError Keystone refuses the credentials, also after they have been read again
   * @throws CloudCredentialsError 401 with a fresh token, or 403
   * @throws CloudResourceNotFoundError 404 of a call that names a resource
   * @throws CloudRequestError any other status that is not accepted
   */
  call(request: ServiceRequest): Promise<HttpAnswer>;
  /** The worker's identity in the cloud. */
  whoami(): Promise<{ readonly userId: string; readonly projectId: string | null }>;
  /** Closes the connections; for tests and shutdowns. */
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Read at the first call, and again when Keystone refuses what was read. */
  readonly authOptions: () => Promise<AuthOptions>;
  /** Milliseconds one call may take, with its retries. */
  readonly requestTimeout: number;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

interface Connection {
  readonly options: AuthOptions;
  readonly transport: HttpTransport;
  readonly tokens: TokenKeeper;
}

const urlOf = (endpoint: string, { path, query = [] }: ServiceRequest): string => {
  const search = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
  return search === '' ? `${endpoint}${path}` : `${endpoint}${path}?${search}`;
};

/** A session of its own; nothing is read or connected before the first call. */
export const createCloudSession = ({ authOptions, requestTimeout, connectTimeout }: SessionOptions): CloudSession => {
  let connecting: Promise<Connection> | null = null;
  /** At most half of the time that is left, however often: the other half is for what follows a failure, an undo and an answer. */
  const timeout = (): number => Math.min(requestTimeout, remainingMs() / 2);

  const connect = async (): Promise<Connection> => {
    const options = await authOptions();
    const ca = options.caFile === null ? null : await readFile(options.caFile, 'utf8');
    const transport = httpTransport({ connectTimeout, ca, verify: options.verify });
    return { options, transport, tokens: tokenKeeper(signIn(transport, options)) };
  };

  /** Signs in with the credentials as they are now: a password that was changed is read again, once a refusal. */
  const signIn = (transport: HttpTransport, first: AuthOptions) => {
    let options = first;
    return async (): Promise<Token> => {
      try {
        return await issueToken(transport, options, timeout());
      } catch (error) {
        if (!(error instanceof CloudSignInError)) throw error;
        const current = await authOptions();
        if (isDeepStrictEqual(current.credentials, options.credentials)) throw error;
        options = current;
        return await issueToken(transport, options, timeout());
      }
    };
  };

  const connection = (): Promise<Connection> => {
    connecting ??= connect().catch((error: unknown) => {
      connecting = null;
      throw error;
    });
    return connecting;
  };

  const send = async ({ options, transport }: Connection, token: Token, request: ServiceRequest, deadline: number) => {
    const endpoint = endpointOf(token.catalog, request.service, options);
    const body = request.body === undefined ? null : JSON.stringify(request.body);
    const requestId = currentRequestId();
    try {
      return await sendWithRetries(transport, {
        method: request.method,
        url: urlOf(endpoint, request),
        headers: {
          accept: 'application/json',
          ...(body === null ? {} : { 'content-type': 'application/json' }),
          ...(requestId === null ? {} : { 'x-openstack-request-id': requestId }),
          ...request.headers,
          'x-auth-token': request.token ?? token.id,
        },
        body,
        deadline,
      });
    } catch (error) {
      throw errorOfConnection(request, new URL(endpoint).origin, error);
    }
  };

  return {
    async call(request) {
      if (request.method !== 'GET') refuseInDryRun(`${request.method} ${request.service} ${request.path}`);
      const cloud = await connection();
      const token = await cloud.tokens.current();
      const deadline = Date.now() + timeout();
      let answer = await send(cloud, token, request, deadline);
      // A refused token means the call was not made, so it can be made again, whatever it does.
      if (answer.status === 401 && request.token === undefined) {
        answer = await send(cloud, await cloud.tokens.replace(token), request, deadline);
      }
      if (!request.accepts.includes(answer.status) || isPage(answer)) throw errorOfAnswer(request, answer);
      return answer;
    },
    async whoami() {
      const { tokens } = await connection();
      const { userId, projectId } = await tokens.current();
      return { userId, projectId };
    },
    async close() {
      if (connecting !== null) await (await connecting).transport.close();
    },
  };
};

let shared: CloudSession | null = null;

/** The container's session, made from the configuration; every driver shares it. */
export const cloudSession = (): CloudSession => {
  shared ??= createCloudSession({ authOptions: () => readAuthOptions(identityConfig()), ...cloudHttpConfig() });
  return shared;
};
