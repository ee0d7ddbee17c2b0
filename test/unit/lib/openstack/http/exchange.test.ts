import { Agent, createServer, type RequestListener } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isBeforeSending } from '../../../../../lib/openstack/http/connection-trouble.ts';
import { type Exchange, exchange } from '../../../../../lib/openstack/http/exchange.ts';

describe('exchange', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  const listen = async (server: Server): Promise<string> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    closing.push(() => server.close());
    return `127.0.0.1:${address.port}`;
  };

  const serve = async (answer: RequestListener): Promise<string> => {
    const server = createServer(answer);
    closing.push(() => server.closeAllConnections());
    return `http://${await listen(server)}/`;
  };

  const pool = (maxSockets = 4): Agent => {
    const agent = new Agent({ keepAlive: true, maxSockets });
    closing.push(() => agent.destroy());
    return agent;
  };

  const send = (address: string, rest: Partial<Exchange> = {}) =>
    exchange({
      url: new URL(address),
      agent: pool(),
      method: 'GET',
      headers: {},
      body: null,
      timeout: 2_000,
      connectTimeout: 1_000,
      ...rest,
    });

  it.each([
    ['GET', null, undefined],
    ['POST', null, '0'],
    ['DELETE', '{"name":"ü"}', '13'],
  ] as const)('sends the length of the body of a %s', async (method, body, length) => {
    let told: string | undefined = 'nothing';
    const url = await serve((request, response) => {
      told = request.headers['content-length'];
      response.end();
    });
    await send(url, { method, body });
    expect(told).toBe(length);
  });

  it('gives up an answer that is larger than the request allows, while it comes', async () => {
    let ended = false;
    const url = await serve((_, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
      response.once('close', () => {
        ended = true;
        clearInterval(timer);
      });
    });
    await expect(send(url, { answerLimit: 200_000 })).rejects.toMatchObject({ code: 'ANSWER_TOO_LARGE' });
    await expect.poll(() => ended).toBe(true);
  });

  it('ends a new connection that does not stand in time, before anything was sent', async () => {
    const sockets = createTcpServer((socket) => closing.push(() => socket.destroy()));
    const url = `https://${await listen(sockets)}/`;
    const trouble = await send(url, { agent: new SecureAgent(), connectTimeout: 30 }).catch((error: unknown) => error);
    expect(trouble).toMatchObject({ code: 'CONNECT_TIMEOUT' });
    expect(isBeforeSending(trouble)).toBe(true);
  });

  it('waits longer for its turn than for a connection', async () => {
    const url = await serve((_, response) => setTimeout(() => response.end(), 40));
    const agent = pool(1);
    const answers = Array.from({ length: 3 }, () => send(url, { agent, connectTimeout: 20 }));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('fails in time while it waits for its turn, and lets the next one have it', async () => {
    const held: (() => void)[] = [];
    const url = await serve((_, response) => held.push(() => response.end()));
    const agent = pool(1);
    const first = send(url, { agent });
    const late = send(url, { agent, timeout: 20 });
    const third = send(url, { agent });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    held.shift()?.();
    expect((await first).status).toBe(200);
    await expect.poll(() => held).toHaveLength(1);
    held.shift()?.();
    expect((await third).status).toBe(200);
  });

  it('fails when the answer breaks off', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    await expect(send(url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('fails when the answer stops coming', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
    });
    await expect(send(url, { timeout: 50 })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
