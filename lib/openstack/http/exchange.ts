import { type Agent, type ClientRequest, request as plainRequest } from 'node:http';
import { type Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { HttpAnswer, HttpRequest } from './transport.ts';

/** A request and the pool it goes through. */
export interface Exchange extends Omit<HttpRequest, 'url'> {
  readonly url: URL;
  readonly agent: Agent | SecureAgent;
  /** Milliseconds until a new connection must stand, TLS included. */
  readonly connectTimeout: number;
}

/** Connections on which requests can be sent, of every pool. */
const standing = new WeakSet<Socket>();

/** Bytes: some 15,000 ports of Neutron in one list. A function's memory takes it several times. */
const ANSWER_LIMIT = 16_777_216;

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** Ends the request when its connection is new and does not stand in time. Waiting for a free one does not count. */
const limitConnecting = (outgoing: ClientRequest, { url, connectTimeout }: Exchange): void => {
  outgoing.once('socket', (socket) => {
    if (standing.has(socket)) return;
    const timer = setTimeout(() => outgoing.destroy(failure('CONNECT_TIMEOUT')), connectTimeout);
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      standing.add(socket);
      clearTimeout(timer);
    });
    socket.once('close', () => clearTimeout(timer));
  });
};

const start = ({ url, agent, method, headers, body }: Exchange): ClientRequest => {
  const request = url.protocol === 'https:' ? secureRequest : plainRequest;
  const length = body === null ? {} : { 'content-length': Buffer.byteLength(body) };
  return request(url, { agent, method, headers: { ...headers, ...length } });
};

/**
 * Sends a request once and reads its answer.
 *
 * @throws TimeoutError (a DOMException) no whole answer in time
 * @throws an error with the code CONNECT_TIMEOUT or ANSWER_TOO_LARGE, or what the connection throws
 */
export const exchange = (wire: Exchange): Promise<HttpAnswer> =>
  new Promise<HttpAnswer>((resolve, reject) => {
    const outgoing = start(wire);
    limitConnecting(outgoing, wire);
    const timer = setTimeout(() => {
      const error = new DOMException(`no answer within ${wire.timeout} ms`, 'TimeoutError');
      // destroy() on a request that is still queued for a socket emits no event.
      reject(error);
      outgoing.destroy(error);
    }, wire.timeout);
    outgoing.on('error', reject);
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.once('response', (incoming) => {
      const chunks: Buffer[] = [];
      let left = wire.answerLimit ?? ANSWER_LIMIT;
      incoming.on('data', (chunk: Buffer) => {
        left -= chunk.length;
        if (left >= 0) chunks.push(chunk);
        else incoming.destroy(failure('ANSWER_TOO_LARGE'));
      });
      incoming.on('error', reject);
      incoming.once('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, bytes: Buffer.concat(chunks) }),
      );
    });
    outgoing.end(wire.body ?? undefined);
  });
