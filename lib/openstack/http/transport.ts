import { Agent, request } from 'undici';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, or null for none. */
  readonly body: string | null;
  /** Milliseconds until the answer must have been read. */
  readonly timeout: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Uint8Array;
}

/** Sends one request once; throws whatever the connection throws. */
export interface HttpTransport {
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes the idle connections. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** PEM of the authorities to trust instead of the system's; null for the system's. */
  readonly ca: string | null;
  /** False accepts every certificate. */
  readonly verify: boolean;
}

const CONNECTIONS_PER_SERVICE = 32;
/** Milliseconds an idle connection is kept, by undici and by the wall clock. */
const IDLE_LIMIT = 4_000;

/** One pool of kept-alive connections for all services of a cloud. */
export const httpTransport = ({ connectTimeout, ca, verify }: TransportOptions): HttpTransport => {
  const open = () =>
    new Agent({
      connections: CONNECTIONS_PER_SERVICE,
      keepAliveTimeout: IDLE_LIMIT,
      connect: { timeout: connectTimeout, rejectUnauthorized: verify, ...(ca === null ? {} : { ca }) },
    });
  let agent = open();
  let running = 0;
  let lastUsed = Date.now();

  // A frozen function's timers stand still while its peers close the connections: after a pause none is trusted.
  const current = () => {
    if (running === 0 && Date.now() - lastUsed > IDLE_LIMIT) {
      void agent.destroy();
      agent = open();
    }
    return agent;
  };

  return {
    async send({ method, url, headers, body, timeout }) {
      const dispatcher = current();
      running += 1;
      try {
        const answer = await request(url, { dispatcher, method, headers, body, signal: AbortSignal.timeout(timeout) });
        return { status: answer.statusCode, headers: answer.headers, bytes: await answer.body.bytes() };
      } finally {
        running -= 1;
        lastUsed = Date.now();
      }
    },
    close: () => agent.close(),
  };
};
