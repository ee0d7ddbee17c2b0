import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { httpTransport } from '../../../lib/openstack/http/transport.ts';
import { cloudOfDocument, readCloudsFile } from '../../../lib/openstack/identity/auth-options/clouds-file.ts';
import { endpointOf } from '../../../lib/openstack/identity/catalog/endpoints.ts';
import { issueToken } from '../../../lib/openstack/identity/tokens/issue-token.ts';
import { cloudHttpConfig } from '../../../lib/settings/config.ts';
import { listen } from '../../../local/http/listen.ts';
import type { Facts } from '../facts.ts';

/** What the services do to a request, as far as the worker can see. */
export const TROUBLES = {
  'fails after its work': 'the work is done, and the answer is 500',
  'is overloaded': '503, and nothing is done',
  'is limited': '429 with Retry-After, and nothing is done',
  'is cut off': 'the work is done, and the connection ends in the middle of the answer',
  'never answers': 'the work is done, and no answer comes',
  'is a stranger': '200 with a page of another program, and nothing is done',
} as const;
export type TroubleKind = keyof typeof TROUBLES;

/** Which requests of one sort get the fault, counted from 1; how many have come so far, and how many have got it. */
interface Injection {
  readonly applies: (count: number) => boolean;
  count: number;
  injected: number;
}
export const injection = (applies: Injection['applies']): Injection => ({ applies, count: 0, injected: 0 });

export interface Trouble {
  readonly kind: TroubleKind;
  readonly reads: Injection;
  readonly writes: Injection;
}

/** A proxy between the worker and the services of a cloud. */
export interface Front {
  /** A clouds.yaml that leads the worker through the proxy. */
  readonly cloudsFile: string;
  /** The fault of the requests that carry this id of a request. */
  lay(requestId: string, trouble: Trouble): void;
  stop(): Promise<void>;
}

const SERVICES = ['compute', 'network', 'image', 'key-manager'] as const;
const PAGE = '<html><body><h1>It works!</h1></body></html>';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

/** The service's own answer. */
const forward = (url: string, { method, headers }: IncomingMessage, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const passedOn = { ...headers, host: new URL(url).host };
    const outgoing = request(url, { ...(method === undefined ? {} : { method }), headers: passedOn, agent: false });
    outgoing.on('error', reject);
    outgoing.once('response', (answer) => {
      bodyOf(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    outgoing.end(body);
  });

const pass = (response: ServerResponse, { status, headers, body }: Answer): void => {
  const { 'transfer-encoding': _chunked, connection: _connection, ...kept } = headers;
  const length = status === 204 || status === 304 ? {} : { 'content-length': body.length };
  response.writeHead(status, { ...kept, ...length }).end(body);
};

const refuse = (response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { code: status, message: 'trouble of the test' } }));
};

/** Half of the answer, of one that has a body; of another nothing. */
const cutOff = (response: ServerResponse, { status, headers, body }: Answer): void => {
  if (body.length < 2) {
    response.destroy();
    return;
  }
  const { 'transfer-encoding': _chunked, ...kept } = headers;
  response.writeHead(status, { ...kept, 'content-length': body.length });
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
};

const inject = async (kind: TroubleKind, response: ServerResponse, work: () => Promise<Answer>): Promise<void> => {
  switch (kind) {
    case 'is overloaded':
      return refuse(response, 503);
    case 'is limited':
      return refuse(response, 429, { 'retry-after': '1' });
    case 'is a stranger':
      response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
      return undefined;
    case 'fails after its work':
      await work();
      return refuse(response, 500);
    case 'is cut off':
      return cutOff(response, await work());
    case 'never answers':
      await work();
      return undefined;
  }
};

const entries = z.object({ clouds: z.record(z.string(), z.record(z.string(), z.unknown())) });

/** Opens a proxy on loopback before the services that the worker's catalog names; Keystone is reached as ever. */
export const openFront = async (facts: Pick<Facts, 'OS_CLIENT_CONFIG_FILE' | 'OS_CLOUD'>): Promise<Front> => {
  const { path, text } = await readCloudsFile([facts.OS_CLIENT_CONFIG_FILE]);
  const options = await cloudOfDocument(text, facts.OS_CLOUD, path);
  const { requestTimeout, connectTimeout } = cloudHttpConfig();
  const ca = options.caFile === null ? null : await readFile(options.caFile, 'utf8');
  const transport = httpTransport({ connectTimeout, ca, verify: options.verify });
  const { catalog } = await issueToken(transport, options, requestTimeout);
  await transport.close();
  const endpoints = new Map<string, string>(
    SERVICES.map((service) => [service, endpointOf(catalog, service, options)]),
  );
  const troubles = new Map<string, Trouble>();

  const troubleOf = ({ method, headers }: IncomingMessage): Trouble | null => {
    const trouble = troubles.get(String(headers['x-openstack-request-id']));
    if (trouble === undefined) return null;
    const sort = method === 'GET' ? trouble.reads : trouble.writes;
    sort.count += 1;
    if (!sort.applies(sort.count)) return null;
    sort.injected += 1;
    return trouble;
  };
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, service = '', rest = ''] = /^\/([^/]+)\/v0(\/.*)$/.exec(message.url ?? '') ?? [];
    const trouble = troubleOf(message);
    const body = await bodyOf(message);
    const work = () => forward(`${endpoints.get(service)}${rest}`, message, body);
    if (trouble === null) pass(response, await work());
    else await inject(trouble.kind, response, work);
  };
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    handle: (message, response) => {
      answer(message, response).catch(() => response.destroy());
    },
  });

  const folder = await mkdtemp(join(tmpdir(), 'front-'));
  const document = entries.parse(parse(text));
  const entry = document.clouds[facts.OS_CLOUD] ?? {};
  for (const service of SERVICES) {
    // With something that looks like a version, so that the worker adds none: the service's own address has it.
    entry[`${service.replace('-', '_')}_endpoint_override`] = `${server.endpoint}/${service}/v0`;
  }
  const cloudsFile = join(folder, 'clouds.yaml');
  await writeFile(cloudsFile, stringify(document), { mode: 0o600 });
  return {
    cloudsFile,
    lay: (requestId, trouble) => {
      troubles.set(requestId, trouble);
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
