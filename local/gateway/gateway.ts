import type { IncomingMessage, ServerResponse } from 'node:http';
import { apiConfig } from '../../lib/settings/config.ts';
import type { FunctionDefinition } from '../definitions/definitions.ts';
import { BodyTooLargeError, readBody } from '../http/body.ts';
import { type Listening, listen } from '../http/listen.ts';
import type { Json } from '../json.ts';
import { type Logger, quietLogger } from '../log.ts';
import { readAnswer, send, toEvent } from './payload.ts';
import { createRoutes } from './routes.ts';

/** API Gateway's own bound for a request, in bytes. */
const BODY_LIMIT = 10 * 1024 * 1024;

export interface GatewayOptions {
  readonly functions: readonly Pick<FunctionDefinition, 'key' | 'events'>[];
  readonly invoke: (functionKey: string, payload: unknown) => Promise<Json>;
  readonly host: string;
  readonly port: number;
  readonly log?: Logger;
  /** Paths that are answered here, and by no function. */
  readonly own?: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>>;
}

const message = (status: number, text: string) => ({
  status,
  headers: { 'content-type': 'application/json' },
  cookies: [],
  body: Buffer.from(JSON.stringify({ message: text })),
});

/**
 * Starts an HTTP API in front of the functions: 404 without a route, 413 above 10 MB, 500 when a function fails.
 * Fails with the socket's error when the port cannot be had.
 */
export const startGateway = (options: GatewayOptions): Promise<Listening> => {
  const { invoke, host, port, log = quietLogger, own = {} } = options;
  const find = createRoutes(
    options.functions.flatMap(({ key, events }) => events.routes.map((route) => ({ route, target: key }))),
  );
  const answer = async (request: IncomingMessage) => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const match = find(request.method ?? 'GET', path);
    if (!match) return message(404, 'Not Found');
    try {
      const body = await readBody(request, BODY_LIMIT);
      return readAnswer(await invoke(match.target, toEvent(request, body, match.routeKey, match.parameters)));
    } catch (error) {
      if (error instanceof BodyTooLargeError) return message(413, 'Request Entity Too Large');
      log.error(`${match.target} failed`, error);
      return message(500, 'Internal Server Error');
    }
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '/'] = (request.url ?? '/').split('?');
    if (Object.hasOwn(own, path)) return await own[path]?.(request, response);
    const result = await answer(request);
    // What the client still wants to send is not read: the connection cannot be used again.
    if (!request.complete) response.setHeader('connection', 'close');
    send(request, response, result);
  };
  return listen({
    host,
    port,
    // Without tokens the name is all that tells a client from a page in a browser.
    anyHost: apiConfig().authStrategy === 'keystone',
    handle: (request, response) => {
      handle(request, response).catch((error: unknown) => {
        log.error('answer failed', error);
        response.destroy();
      });
    },
  });
};
