import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refuseForeignHost } from '../../http/own-host.ts';
import type { FaultRules } from '../faults/rules.ts';
import type { Identity } from '../identity/tokens.ts';
import { readBody } from './body.ts';
import { HttpProblem } from './problem.ts';
import { type Answer, type Call, findRoute, type Route } from './router.ts';

/** One service behind a path prefix of the shared listener. */
export interface Service {
  readonly name: string;
  /** For example /compute/v2.1 is answered by the service with prefix /compute. */
  readonly prefix: string;
  readonly routes: readonly Route[];
  /** Added to every answer. */
  headers?(call: Pick<Call, 'header'>): Readonly<Record<string, string>>;
  /** Body of a 404 for a path the service does not know. */
  notFound(): unknown;
}

export interface ListenerParts {
  readonly services: readonly Service[];
  readonly faults: FaultRules;
  /** Reads a token; null when it is unknown or expired. */
  identify(token: string | undefined): Identity | null;
  /** Resolves once what was changed is kept. */
  saved(): Promise<void>;
  log(line: string): void;
}

const unauthorized = (): HttpProblem =>
  new HttpProblem(401, {
    error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
  });

const send = (response: ServerResponse, answer: Answer, extra: Readonly<Record<string, string>>): void => {
  const { body } = answer;
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = body === undefined ? Buffer.alloc(0) : raw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const type = body === undefined ? {} : { 'content-type': raw ? 'text/html; charset=UTF-8' : 'application/json' };
  response.writeHead(answer.status, {
    ...type,
    ...extra,
    ...answer.headers,
    ...(answer.status === 204 ? {} : { 'content-length': String(bytes.length) }),
  });
  response.end(bytes);
};

const serve = async (parts: ListenerParts, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const base = `http://${request.headers.host ?? 'localhost'}`;
  const url = new URL(request.url ?? '/', base);
  const method = request.method ?? 'GET';
  const body = await readBody(request);
  const service = parts.services.find(({ prefix }) => url.pathname === prefix || url.pathname.startsWith(`${prefix}/`));
  if (service === undefined) return send(response, { status: 404, body: { error: { code: 404 } } }, {});

  const header = (name: string): string | undefined => {
    const value = request.headers[name.toLowerCase()];
    return Array.isArray(value) ? value[0] : value;
  };
  const extra = service.headers?.({ header }) ?? {};
  const rule = parts.faults.take({ service: service.name, method, path: url.pathname });
  if (rule !== null) {
    await parts.faults.delay(rule);
    if (rule.drop === 'before') return void request.socket.destroy();
    if (rule.drop === undefined && rule.status !== undefined) {
      return send(response, { status: rule.status, body: rule.body }, { ...extra, ...rule.headers });
    }
  }

  const path = url.pathname.slice(service.prefix.length) || '/';
  const found = findRoute(service.routes, method, path);
  if (found === null) return send(response, { status: 404, body: service.notFound() }, extra);
  const identified = parts.identify(header('x-auth-token'));
  const call: Call = {
    method,
    path,
    params: found.params,
    query: url.searchParams,
    header,
    body,
    identity: () => {
      if (identified === null) throw unauthorized();
      return identified;
    },
    serviceUrl: `${base}${service.prefix}`,
  };
  const answer = await settle(call, found.route);
  // What was answered is still there when the process is killed right after it, as with the real services.
  if (method !== 'GET') await parts.saved();
  if (rule?.drop === 'after') return void request.socket.destroy();
  send(response, answer, extra);
};

const settle = async (call: Call, { open, handle }: Route): Promise<Answer> => {
  try {
    if (!open) call.identity();
    return await handle(call);
  } catch (error) {
    if (error instanceof HttpProblem) return error;
    throw error;
  }
};

export interface Listener {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens on host and port (0: any) and answers for all services. */
export const listen = async (parts: ListenerParts, host: string, port: number): Promise<Listener> => {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    if (refuseForeignHost(request, response, host)) return;
    serve(parts, request, response).catch((error: unknown) => {
      parts.log(`${request.method} ${request.url} failed: ${error instanceof Error ? error.stack : String(error)}`);
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { error: { code: 500, message: 'the stand-in cloud failed' } } }, {});
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = isAddressInfo(address) ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const isAddressInfo = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;
