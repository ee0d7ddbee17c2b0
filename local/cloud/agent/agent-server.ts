import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttps, type Server as HttpsServer } from 'node:https';
import { createServer as createTcp, type Socket, type Server as TcpServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultRules } from '../faults/rules.ts';
import { readBody } from '../http/body.ts';
import { HttpProblem } from '../http/problem.ts';
import { type Answer, type Call, findRoute, type Route } from '../http/router.ts';

export interface AgentServerParts {
  readonly address: string;
  readonly port: number;
  readonly serverId: string;
  readonly routes: readonly Route[];
  readonly faults: FaultRules;
  readonly tls: () => AgentTls;
  log(line: string): void;
}

export interface AgentTls {
  /** Certificate and key in one PEM. */
  readonly pem: Buffer;
  readonly clientCa: Buffer;
}

/** One agent's end of the network. */
export interface AgentServer {
  /** Serves; reloads the certificate when it serves already. @throws when the address cannot be had */
  serve(): Promise<void>;
  /** Takes connections and never says anything. */
  stayMute(): Promise<void>;
  /** Refuses connections. */
  close(): Promise<void>;
}

const answerOf = async (parts: AgentServerParts, request: IncomingMessage, body: Buffer): Promise<Answer> => {
  const url = new URL(request.url ?? '/', 'https://agent');
  const found = findRoute(parts.routes, request.method ?? 'GET', url.pathname);
  if (found === null) return { status: 404, body: { error: 'Not Found', http_code: 404 } };
  const call: Call = {
    method: request.method ?? 'GET',
    path: url.pathname,
    params: found.params,
    query: url.searchParams,
    header: (name) => request.headers[name.toLowerCase()]?.toString(),
    body,
    identity: () => {
      throw new Error('an agent knows no tokens');
    },
    serviceUrl: url.origin,
  };
  try {
    return await found.route.handle(call);
  } catch (error) {
    if (error instanceof HttpProblem) return error;
    parts.log(
      `agent of ${parts.serverId}: ${request.method} ${url.pathname}: ${error instanceof Error ? error.message : error}`,
    );
    return { status: 500, body: { error: 'Internal Server Error', http_code: 500 } };
  }
};

const reply = (response: ServerResponse, { status, body, headers }: Answer): void => {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = raw ? Buffer.from(body) : Buffer.from(JSON.stringify(body ?? {}));
  response.writeHead(status, {
    'content-type': raw ? 'text/plain' : 'application/json',
    'content-length': String(bytes.length),
    ...headers,
  });
  response.end(bytes);
};

const respond = async (parts: AgentServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await readBody(request);
  const rule = parts.faults.take({
    service: 'agent',
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    serverId: parts.serverId,
  });
  await parts.faults.delay(rule);
  if (rule?.drop === 'before') return void request.socket.destroy();
  if (rule?.drop === undefined && rule?.status !== undefined) {
    return reply(response, { status: rule.status, body: rule.body, headers: rule.headers ?? {} });
  }
  const answer = await answerOf(parts, request, body);
  if (rule?.drop === 'after') return void request.socket.destroy();
  reply(response, answer);
};

/**
 * Milliseconds an address may still be held after its listener was closed: a child that this process is just starting
 * has a copy of each open socket until it runs its own program.
 */
const PATIENCE = 2000;

const listenOnce = (server: HttpsServer | TcpServer, port: number, address: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });

const isHeld = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const listen = async (server: HttpsServer | TcpServer, port: number, address: string): Promise<void> => {
  for (const end = Date.now() + PATIENCE; ; await sleep(20)) {
    try {
      return await listenOnce(server, port, address);
    } catch (error) {
      if (!isHeld(error) || Date.now() > end) throw error;
    }
  }
};

/** What agents of release 11 speak, and no other version. */
const TLS_1_2 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;

export const createAgentServer = (parts: AgentServerParts): AgentServer => {
  let server: HttpsServer | null = null;
  let mute: { readonly server: TcpServer; readonly sockets: Set<Socket> } | null = null;
  /** The real agent works on one request at a time. */
  let line: Promise<void> = Promise.resolve();

  const options = () => {
    const { pem, clientCa } = parts.tls();
    return { key: pem, cert: pem, ca: clientCa, ...TLS_1_2 };
  };

  const close = async (): Promise<void> => {
    const closing = [server, mute?.server].filter((one) => one !== null && one !== undefined);
    const ended = closing.map((one) => new Promise<void>((resolve) => one.close(() => resolve())));
    server?.closeAllConnections();
    for (const socket of mute?.sockets ?? []) socket.destroy();
    server = null;
    mute = null;
    await Promise.all(ended);
  };

  return {
    close,
    serve: async () => {
      if (server !== null) return server.setSecureContext(options());
      await close();
      const made = createHttps(
        { ...options(), requestCert: true, rejectUnauthorized: true, keepAliveTimeout: 60_000 },
        (request, response) => {
          line = line.then(() => respond(parts, request, response)).catch(() => void request.socket.destroy());
        },
      );
      made.on('tlsClientError', (error) => parts.log(`agent of ${parts.serverId}: refused a client: ${error.message}`));
      await listen(made, parts.port, parts.address);
      server = made;
    },
    stayMute: async () => {
      await close();
      const sockets = new Set<Socket>();
      const made = createTcp((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => sockets.delete(socket));
        socket.resume();
      });
      await listen(made, parts.port, parts.address);
      mute = { server: made, sockets };
    },
  };
};
