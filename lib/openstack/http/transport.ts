import * as http from 'node:http';
import * as https from 'node:https';
import { setImmediate as nextRound } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { exchange } from './exchange.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, or null for none. */
  readonly body: string | null;
  /** Milliseconds until the answer must have been read. */
  readonly timeout: number;
  /** Bytes that the answer's body may have. @default 16 MiB */
  readonly answerLimit?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Uint8Array;
}

/**
 * True for a success that is a page: no service of a cloud answers one, but a proxy or a wrong address does.
 */
export const isPage = ({ status, headers }: Pick<HttpAnswer, 'status' | 'headers'>): boolean =>
  status < 300 && String(headers['content-type'] ?? '').startsWith('text/html');

/** Sends one request once; throws whatever the connection throws. */
export interface HttpTransport {
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes the connections, when the requests under way have their answers. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Milliseconds until a new connection must stand, TLS included. */
  readonly connectTimeout: number;
  /** PEM of the authorities to trust instead of the system's; null for the system's. */
  readonly ca: string | null;
  /** False accepts every certificate. */
  readonly verify: boolean;
}

const CONNECTIONS_PER_SERVICE = 32;
/** Milliseconds an idle connection is kept, by Node and by the wall clock; less when the service says so. */
const IDLE_LIMIT = 4_000;

const POOL = {
  keepAlive: true,
  maxSockets: CONNECTIONS_PER_SERVICE,
  maxFreeSockets: CONNECTIONS_PER_SERVICE,
  timeout: IDLE_LIMIT,
};

const secureAgent = ({ ca, verify }: TransportOptions): https.Agent =>
  new https.Agent({
    ...POOL,
    rejectUnauthorized: verify,
    // Made once: a file of all authorities takes longer to read than a connection to make.
    secureContext: createSecureContext(ca === null ? {} : { ca }),
  });

/** One pool of kept-alive connections for all services of a cloud. */
export const httpTransport = (options: TransportOptions): HttpTransport => {
  const { connectTimeout } = options;
  const plain = new http.Agent(POOL);
  let secure: https.Agent | null = null;
  const running = new Set<Promise<HttpAnswer>>();
  let lastUsed = Date.now();

  const agentFor = ({ protocol }: URL) => {
    if (protocol !== 'https:') return plain;
    secure ??= secureAgent(options);
    return secure;
  };

  const disconnect = () => {
    plain.destroy();
    secure?.destroy();
  };

  const sendOnce = async (request: HttpRequest): Promise<HttpAnswer> => {
    // A POST on a connection that the other side has closed is lost. Closings wait in the event loop, and all that are
    // there by now are processed after the round under way and a whole one.
    await nextRound();
    await nextRound();
    const url = new URL(request.url);
    return await exchange({ ...request, url, agent: agentFor(url), connectTimeout });
  };

  return {
    async send(request) {
      // A frozen function's timers stand still while its peers close the connections: after a pause none is trusted.
      if (running.size === 0 && Date.now() - lastUsed > IDLE_LIMIT) disconnect();
      const answer = sendOnce(request);
      running.add(answer);
      try {
        return await answer;
      } finally {
        running.delete(answer);
        lastUsed = Date.now();
      }
    },
    async close() {
      await Promise.allSettled(running);
      disconnect();
    },
  };
};
