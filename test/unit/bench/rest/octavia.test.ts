import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { octavia } from '../../../../bench/rest/octavia.ts';

type Reply = readonly [status: number, body: unknown];
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A client of an endpoint that gives these answers, one after another, and the requests it saw. */
const clientOf = async (...replies: readonly Reply[]) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const [status, body] = replies[seen.length] ?? [500, 'no more answers'];
    seen.push(`${request.method} ${request.url} ${request.headers['x-auth-token']}`);
    request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(body)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  let tokens = 0;
  const client = octavia(`http://127.0.0.1:${address.port}/`, async () => {
    tokens += 1;
    return `token-${tokens}`;
  });
  closing.push(async () => {
    await client.close();
    await new Promise((closed) => server.close(closed));
  });
  return { client, seen };
};

const lb = (provisioning_status: string) => ({
  loadbalancer: { id: 'an-id', vip_address: '192.0.2.1', provisioning_status },
});

test('a load balancer is looked at until it is ACTIVE', async () => {
  const { client, seen } = await clientOf([200, lb('PENDING_CREATE')], [200, lb('ACTIVE')]);
  await client.untilActive('an-id');
  expect(seen).toEqual(Array(2).fill('GET /v2/lbaas/loadbalancers/an-id token-1'));
});

test('one that ends in ERROR fails at once', async () => {
  const { client } = await clientOf([200, lb('ERROR')]);
  await expect(client.untilActive('an-id')).rejects.toThrow('an-id is ERROR');
});

test('gone is DELETED, or not found', async () => {
  const { client } = await clientOf([404, {}], [200, lb('DELETED')], [404, {}]);
  await client.untilGone('an-id');
  await client.untilGone('an-id');
  await expect(client.untilActive('an-id')).rejects.toThrow('an-id is DELETED');
});

test('a token that is refused is replaced once', async () => {
  const { client, seen } = await clientOf([401, {}], [201, { pool: { id: 'a-pool' } }]);
  expect(await client.create('/lbaas/pools', 'pool', {})).toMatchObject({ id: 'a-pool' });
  expect(seen.map((line) => line.split(' ')[2])).toEqual(['token-1', 'token-2']);
});

test('a refusal has the words of the service', async () => {
  const { client } = await clientOf([409, { faultstring: 'it is immutable' }]);
  await expect(client.send('PUT', '/lbaas/pools/a-pool', {})).rejects.toThrow(/409.*it is immutable/);
});
