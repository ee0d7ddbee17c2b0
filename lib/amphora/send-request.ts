import type { ClientRequest, IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';

/** A request to one address. Times are milliseconds. */
export interface WireRequest {
  readonly connections: Agent;
  readonly address: string;
  readonly port: number;
  readonly hostHeader: string;
  /** The name the other side's certificate must carry. */
  readonly serverName: string;
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array | null;
  readonly contentType: string;
  /** Until the TCP connection stands. */
  readonly connectTimeout: number;
  /** From then until the last byte of the answer: an agent shakes hands only when it is done with its last caller. */
  readonly readTimeout: number;
  /** Bytes of the answer's body; a longer one ends the request with the code ANSWER_TOO_LARGE. */
  readonly answerLimit: number;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** Two clocks, one after the other; neither runs while the request waits for its turn. */
const watch = (outgoing: ClientRequest, { connectTimeout, readTimeout }: WireRequest): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const within = (milliseconds: number, code: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => outgoing.destroy(failure(code)), milliseconds);
  };
  const connected = () => within(readTimeout, 'READ_TIMEOUT');
  outgoing.once('socket', (socket) => {
    if (!socket.connecting) return connected();
    within(connectTimeout, 'CONNECT_TIMEOUT');
    socket.once('connect', connected);
  });
  return () => clearTimeout(timer);
};

const collect = async (incoming: IncomingMessage, limit: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > limit) throw failure('ANSWER_TOO_LARGE');
    chunks.push(part);
  }
  return Buffer.concat(chunks);
};

const sendOnce = (wire: WireRequest): { answer: Promise<WireAnswer>; reused: () => boolean } => {
  const outgoing = request({
    agent: wire.connections,
    host: wire.address,
    port: wire.port,
    servername: wire.serverName,
    method: wire.method,
    path: wire.path,
    headers: {
      host: wire.hostHeader,
      ...(wire.body === null ? {} : { 'content-type': wire.contentType, 'content-length': wire.body.length }),
    },
  });
  const stop = watch(outgoing, wire);
  const answer = new Promise<WireAnswer>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      collect(incoming, wire.answerLimit).then(
        (body) =>
          resolve({ status: incoming.statusCode ?? 0, contentType: incoming.headers['content-type'] ?? '', body }),
        (error: unknown) => {
          outgoing.destroy();
          reject(error);
        },
      );
    });
  }).finally(stop);
  if (wire.body === null) outgoing.end();
  else outgoing.end(wire.body);
  return { answer, reused: () => outgoing.reusedSocket };
};

const CLOSED = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Sends a request and reads its answer. Sends again, once, when a connection kept from an earlier request turns out to be
 * closed by the other side; every request to an agent may be sent twice.
 */
export const sendRequest = async (wire: WireRequest): Promise<WireAnswer> => {
  const first = sendOnce(wire);
  try {
    return await first.answer;
  } catch (error) {
    const closed = error instanceof Error && 'code' in error && CLOSED.has(String(error.code));
    if (!(closed && first.reused())) throw error;
    return await sendOnce(wire).answer;
  }
};
