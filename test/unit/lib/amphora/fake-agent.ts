import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { text } from 'node:stream/consumers';
import { type SecureVersion, TLSSocket } from 'node:tls';
import type { AgentCredentials } from '../../../../lib/amphora/agent-connection.ts';
import {
  type Authority,
  createAuthority,
  issueCertificate,
  issueClientCertificate,
} from '../../../../lib/drivers/certificate/authority.ts';

export const AMPHORA_ID = '0c6ab2b7-6b6f-4c8e-9a55-2f3f6bd4a111';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly protocol: string | null;
  readonly clientName: string;
}

/** What the fake answers: a JSON body when an object, plain text otherwise; `reset` breaks the connection instead. */
export type Reply = { readonly status: number; readonly body: object | string } | 'reset';

export interface FakeAgent {
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections accepted so far. */
  connections(): number;
  /** Requests that were being answered at the same time, at most. */
  mostAtOnce(): number;
  /** Presents another certificate (certificate and key in one PEM) to new connections. */
  present(pem: string): void;
  close(): Promise<void>;
}

export interface FakeAgentOptions {
  readonly keepAlive?: boolean;
  readonly tls?: SecureVersion;
}

export interface Pki {
  readonly serverAuthority: Authority;
  readonly clientAuthority: Authority;
  readonly credentials: AgentCredentials;
}

const certificateOf = (pem: string) => pem.slice(0, pem.indexOf('-----BEGIN EC'));
const keyOf = (pem: string) => pem.slice(pem.indexOf('-----BEGIN EC'));

export const inAnHour = () => new Date(Date.now() + 3_600_000);

export const issueFrom = (authority: Authority, name: string, notAfter = inAnHour()) =>
  issueCertificate(
    { certificate: new X509Certificate(authority.certPem), key: createPrivateKey(authority.keyPem) },
    name,
    notAfter,
  );

export const credentialsFrom = async (clientAuthority: Authority, serverAuthority: Authority) => {
  const pem = await issueClientCertificate(clientAuthority, 'worker', { days: 1 });
  return { cert: certificateOf(pem), key: keyOf(pem), ca: serverAuthority.certPem };
};

export const createPki = async (): Promise<Pki> => {
  const [serverAuthority, clientAuthority] = await Promise.all([
    createAuthority('server CA', { days: 1 }),
    createAuthority('client CA', { days: 1 }),
  ]);
  return { serverAuthority, clientAuthority, credentials: await credentialsFrom(clientAuthority, serverAuthority) };
};

const received = async (request: IncomingMessage): Promise<Received> => {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) throw new TypeError('not a TLS connection');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    host: request.headers.host ?? '',
    contentType: request.headers['content-type'],
    body: await text(request),
    protocol: socket.getProtocol(),
    clientName: String(socket.getPeerCertificate().subject.CN),
  };
};

/**
 * An https server with an agent's manners: mutual TLS, and one certificate with the amphora's id.
 * @param options.tls the one version of TLS that it speaks
 */
export const startFakeAgent = async (
  pki: Pki,
  reply: (request: Received, nth: number) => Reply | Promise<Reply>,
  { keepAlive = false, tls: version = 'TLSv1.2' }: FakeAgentOptions = {},
): Promise<FakeAgent> => {
  const all: Received[] = [];
  let connections = 0;
  let now = 0;
  let most = 0;
  const tls = (pem: string) => ({
    cert: certificateOf(pem),
    key: keyOf(pem),
    ca: pki.clientAuthority.certPem,
    minVersion: version,
    maxVersion: version,
  });
  const options = {
    ...tls(await issueFrom(pki.serverAuthority, AMPHORA_ID)),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server: Server = createServer(options, async (request, response) => {
    now += 1;
    most = Math.max(most, now);
    const message = await received(request);
    all.push(message);
    const answer = await reply(message, all.length);
    now -= 1;
    if (answer === 'reset') {
      request.socket.destroy();
      return;
    }
    const json = typeof answer.body === 'object';
    if (!keepAlive) response.setHeader('connection', 'close');
    response.writeHead(answer.status, { 'content-type': json ? 'application/json' : 'text/html' });
    response.end(json ? JSON.stringify(answer.body) : answer.body);
  });
  server.on('secureConnection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  return {
    port: address.port,
    received: all,
    connections: () => connections,
    mostAtOnce: () => most,
    present: (pem) => {
      server.setSecureContext(tls(pem));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
