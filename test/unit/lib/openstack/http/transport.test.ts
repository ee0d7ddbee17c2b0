import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HttpTransport, httpTransport } from '../../../../../lib/openstack/http/transport.ts';

describe('httpTransport', () => {
  let server: Server;
  let url: string;
  let connections: number;
  let open: number;
  let transport: HttpTransport;

  beforeEach(async () => {
    connections = 0;
    open = 0;
    server = createServer((request, response) => {
      if (request.url === '/never') return;
      response.writeHead(202, { 'x-said': 'yes' });
      request.pipe(response);
    });
    server.on('connection', (socket) => {
      connections += 1;
      open += 1;
      socket.on('close', () => {
        open -= 1;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `http://127.0.0.1:${address.port}`;
    transport = httpTransport({ connectTimeout: 1_000, ca: null, verify: true });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await transport.close();
    server.closeAllConnections();
    server.close();
  });

  const send = (path = '/', timeout = 2_000) =>
    transport.send({ method: 'POST', url: `${url}${path}`, headers: {}, body: 'grüße', timeout });

  it('answers status, headers and bytes', async () => {
    const answer = await send();
    expect(answer.status).toBe(202);
    expect(answer.headers['x-said']).toBe('yes');
    expect(new TextDecoder().decode(answer.bytes)).toBe('grüße');
  });

  it('keeps its connections for the next calls', async () => {
    for (let call = 0; call < 10; call += 1) await send();
    // A call right after another may come before the first connection is free again.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it('trusts no connection after a pause', async () => {
    for (let call = 0; call < 10; call += 1) await send();
    const before = connections;
    const later = Date.now() + 60_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    await send();
    expect(connections).toBe(before + 1);
  });

  it('does not use a connection that the other side has closed', async () => {
    await send();
    const closed = () => {
      server.closeIdleConnections();
      return open;
    };
    await expect.poll(closed).toBe(0);
    expect((await send()).status).toBe(202);
    expect(connections).toBe(2);
  });

  it('closes when the calls under way have their answers', async () => {
    const answer = send();
    await transport.close();
    expect((await answer).status).toBe(202);
  });

  it('fails when the answer takes too long', async () => {
    await expect(send('/never', 50)).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
