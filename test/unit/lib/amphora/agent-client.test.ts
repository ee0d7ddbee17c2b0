import { X509Certificate } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonOf } from '../../../../lib/amphora/agent-answer.ts';
import { type AgentClientSettings, createAgentClient } from '../../../../lib/amphora/agent-client.ts';
import { underDeadline } from '../../../../lib/context/deadline.ts';
import { createAuthority } from '../../../../lib/drivers/certificate/authority.ts';
import {
  AMPHORA_ID,
  createPki,
  credentialsFrom,
  type FakeAgent,
  type FakeAgentOptions,
  inAnHour,
  issueFrom,
  type Pki,
  type Reply,
  startFakeAgent,
} from './fake-agent.ts';

const endpoint = { amphoraId: AMPHORA_ID, lbNetworkIp: '127.0.0.1' };
const get = { method: 'GET', path: '/1.0/info' } as const;
const ok: Reply = { status: 200, body: { message: 'OK' } };

let pki: Pki;
let agent: FakeAgent | undefined;

beforeAll(async () => {
  pki = await createPki();
});

afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

const settingsFor = (agentPort: number): AgentClientSettings => ({
  agentPort,
  connectTimeout: 2_000,
  readTimeout: 5_000,
  lbNetworkInterface: 'o-hm0',
  agentTlsProtocol: 'TLSv1.2',
});

const started = async (...[reply, options]: [Parameters<typeof startFakeAgent>[1], FakeAgentOptions?]) => {
  agent = await startFakeAgent(pki, reply, options);
  return agent;
};

const clientFor = (port: number, credentials = pki.credentials) =>
  createAgentClient(settingsFor(port), async () => credentials);

describe('a request to an agent', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('goes over mutual TLS with an agent that speaks %s', async (tls) => {
    const { port, received } = await started(() => ok, { tls });
    const answer = await clientFor(port).request(endpoint, get);
    expect(answer).toEqual({ status: 200, contentType: 'application/json', text: '{"message":"OK"}' });
    expect(received).toMatchObject([{ ...get, protocol: tls, clientName: 'worker', host: `127.0.0.1:${port}` }]);
  });

  it('is refused by the worker when the agent speaks only an older TLS than configured', async () => {
    const { port, received } = await started(() => ok, { tls: 'TLSv1.1' });
    await expect(clientFor(port).request(endpoint, get)).rejects.toMatchObject({ name: 'AmphoraIdentityError' });
    expect(received).toHaveLength(0);
  });

  it('sends text as it is and objects as JSON', async () => {
    const { port, received } = await started(() => ok);
    const client = clientFor(port);
    await client.request(endpoint, { method: 'PUT', path: '/a', body: 'line\nline ü' });
    await client.request(endpoint, { method: 'POST', path: '/b', body: { mtu: 1450 } });
    expect(received).toMatchObject([
      { method: 'PUT', contentType: 'application/octet-stream', body: 'line\nline ü' },
      { method: 'POST', contentType: 'application/json', body: '{"mtu":1450}' },
    ]);
  });

  it('waits for the one before it, as an agent serves one at a time', async () => {
    const { port, mostAtOnce } = await started(() => new Promise((done) => setImmediate(() => done(ok))));
    const client = clientFor(port);
    await Promise.all(Array.from({ length: 5 }, () => client.request(endpoint, get)));
    expect(mostAtOnce()).toBe(1);
  });

  it('uses a connection again that the agent keeps open', async () => {
    const { port, connections } = await started(() => ok, { keepAlive: true });
    const client = clientFor(port);
    await client.request(endpoint, get);
    await client.request(endpoint, get);
    expect(connections()).toBe(1);
  });

  it('is sent once more when a kept connection turns out to be closed', async () => {
    const { port, received } = await started((_, nth) => (nth === 2 ? 'reset' : ok), { keepAlive: true });
    const client = clientFor(port);
    await client.request(endpoint, get);
    await expect(client.request(endpoint, get)).resolves.toMatchObject({ status: 200 });
    expect(received).toHaveLength(3);
  });

  it('is not sent again when a new connection breaks', async () => {
    const { port, received } = await started(() => 'reset');
    await expect(clientFor(port).request(endpoint, get)).rejects.toMatchObject({ name: 'AmphoraUnreachableError' });
    expect(received).toHaveLength(1);
  });
});

describe('the answer of an agent', () => {
  it('is given up when it is larger than the request allows', async () => {
    const { port } = await started(() => ({ status: 200, body: 'x'.repeat(1_048_577) }));
    const client = clientFor(port);
    await expect(client.request(endpoint, get)).rejects.toMatchObject({
      name: 'AmphoraUnreachableError',
      message: expect.stringContaining('ANSWER_TOO_LARGE'),
    });
    const { text } = await client.request(endpoint, { ...get, answerLimit: 1_048_577 });
    expect(text).toHaveLength(1_048_577);
  });

  it('is not parsed when it is longer than any real JSON of an agent', async () => {
    const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(jsonOf({ status: 200, contentType: 'application/json', text: nested })).toBeUndefined();
    expect(jsonOf({ status: 200, contentType: 'application/json', text: '{"a":1}' })).toEqual({ a: 1 });
    expect(jsonOf({ status: 200, contentType: 'text/html', text: '{"a":1}' })).toBeUndefined();
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('over %s the identity of the two sides', (tls) => {
  it('is refused when the agent has the certificate of another CA', async () => {
    const { port } = await started(() => ok, { tls });
    const other = await createAuthority('other CA', { days: 1 });
    const request = clientFor(port, { ...pki.credentials, ca: other.certPem }).request(endpoint, get);
    await expect(request).rejects.toMatchObject({ name: 'AmphoraIdentityError', retryable: false });
  });

  it('is refused when the agent is another amphora', async () => {
    const { port, received } = await started(() => ok, { tls });
    const request = clientFor(port).request({ ...endpoint, amphoraId: 'another' }, get);
    await expect(request).rejects.toMatchObject({ name: 'AmphoraIdentityError', resourceId: 'another' });
    expect(received).toHaveLength(0);
  });

  it('is refused when the certificate of the agent is expired', async () => {
    const fake = await started(() => ok, { tls });
    fake.present(await issueFrom(pki.serverAuthority, AMPHORA_ID, new Date(Date.now() - 1_000)));
    await expect(clientFor(fake.port).request(endpoint, get)).rejects.toMatchObject({ name: 'AmphoraIdentityError' });
  });

  it('fails when the agent does not accept our certificate', async () => {
    const { port, received } = await started(() => ok, { tls });
    const credentials = await credentialsFrom(await createAuthority('other CA', { days: 1 }), pki.serverAuthority);
    // Node's servers close without an alert; that an alert names the error is told in agent-errors.test.ts.
    await expect(clientFor(port, credentials).request(endpoint, get)).rejects.toThrow(AMPHORA_ID);
    expect(received).toHaveLength(0);
  });

  it('is checked again after the agent has changed its certificate', async () => {
    const fake = await started(() => ok, { tls });
    const client = clientFor(fake.port);
    await client.request(endpoint, get);
    fake.present(await issueFrom(pki.serverAuthority, AMPHORA_ID, inAnHour()));
    await expect(client.request(endpoint, get)).resolves.toMatchObject({ status: 200 });
    fake.present(await issueFrom(pki.serverAuthority, 'another'));
    await expect(client.request(endpoint, get)).rejects.toMatchObject({ name: 'AmphoraIdentityError' });
  });

  it('follows new credentials', async () => {
    const { port } = await started(() => ok, { tls });
    const other = await createAuthority('other CA', { days: 1 });
    let credentials = { ...pki.credentials, ca: other.certPem };
    const client = createAgentClient(settingsFor(port), async () => credentials);
    await expect(client.request(endpoint, get)).rejects.toMatchObject({ name: 'AmphoraIdentityError' });
    credentials = pki.credentials;
    await expect(client.request(endpoint, get)).resolves.toMatchObject({ status: 200 });
  });

  it('never shows a certificate or key in an error', async () => {
    const { port } = await started(() => ok, { tls });
    const error = await clientFor(port)
      .request({ ...endpoint, amphoraId: 'another' }, { method: 'PUT', path: '/1.0/certificate', body: 'SECRET' })
      .catch((refused: unknown) => refused);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/BEGIN|SECRET|raw/);
  });

  it('is read from the certificate that the agent presents', async () => {
    const fake = await started(() => ok, { tls });
    const pem = await issueFrom(pki.serverAuthority, AMPHORA_ID);
    fake.present(pem);
    const { fingerprint256 } = new X509Certificate(pem);
    await expect(clientFor(fake.port).peerFingerprint(endpoint)).resolves.toBe(fingerprint256);
    await expect(clientFor(fake.port).peerFingerprint({ ...endpoint, amphoraId: 'another' })).rejects.toMatchObject({
      name: 'AmphoraIdentityError',
    });
  });
});

describe('an agent that cannot be reached', () => {
  const unreachable = { name: 'AmphoraUnreachableError', retryable: true, resourceId: AMPHORA_ID };

  it('refuses the connection', async () => {
    const { port, close } = await started(() => ok);
    await close();
    await expect(clientFor(port).request(endpoint, get)).rejects.toMatchObject(unreachable);
  });

  it('accepts, and never shakes hands', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const client = createAgentClient({ ...settingsFor(port), readTimeout: 50 }, async () => pki.credentials);
    await expect(client.request(endpoint, get)).rejects.toMatchObject({
      ...unreachable,
      name: 'AmphoraSilentError',
      message: expect.stringContaining('READ_TIMEOUT'),
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('never answers, and is given up before the function is stopped', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ask = underDeadline((_event: unknown, _clock: object) => clientFor(port).request(endpoint, get));
    const stoppedAt = Date.now() + 2_200;
    const clock = { getRemainingTimeInMillis: () => stoppedAt - Date.now() };
    await expect(ask(null, clock)).rejects.toMatchObject({ ...unreachable, name: 'AmphoraSilentError' });
    expect(stoppedAt - Date.now()).toBeGreaterThan(300);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it.each([
    ['is still starting', 404, '<html>not found</html>'],
    ['has not seen the interface yet', 404, { details: 'No suitable network interface found' }],
    ['is unavailable', 503, { message: 'busy' }],
  ])('%s', async (_, status, body) => {
    const { port } = await started(() => ({ status, body }));
    await expect(clientFor(port).request(endpoint, get)).rejects.toMatchObject(unreachable);
  });
});

describe('an agent that refuses', () => {
  it.each([
    [400, { message: 'Invalid request', details: '[ALERT] config' }, '[ALERT] config'],
    [500, { error: 'it broke', http_code: 500 }, 'it broke'],
    [403, { message: 'Forbidden', details: '' }, 'Forbidden'],
    [404, { message: 'Loadbalancer Not Found', details: 'no such' }, 'no such'],
    [500, 'plain words', 'plain words'],
  ])('says so with status %i and its own words', async (status, body, details) => {
    const { port } = await started(() => ({ status, body }));
    await expect(clientFor(port).request(endpoint, get)).rejects.toMatchObject({
      name: 'AmphoraRequestError',
      retryable: false,
      status,
      details,
    });
  });

  it('is still starting when it answers no JSON, even where a 404 is accepted', async () => {
    const { port } = await started(() => ({ status: 404, body: 'not found' }));
    await expect(clientFor(port).request(endpoint, { ...get, accept: [404] })).rejects.toMatchObject({
      name: 'AmphoraUnreachableError',
    });
  });

  it('is an answer where its status is accepted', async () => {
    const { port } = await started(() => ({ status: 409, body: { message: 'Interface already exists' } }));
    await expect(clientFor(port).request(endpoint, { ...get, accept: [409] })).resolves.toMatchObject({ status: 409 });
  });
});
