import { afterEach, expect, test } from 'vitest';
import { serveHealth } from '../../../../../lib/health/receiver/health-endpoint.ts';

let stop = (): void => {};
afterEach(() => stop());

test('answers 200 while the receiver hears, and 503 while it does not', async () => {
  let hears = true;
  const server = await serveHealth('127.0.0.1', 0, () => hears);
  stop = () => server.close();
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  const first = await fetch(url);
  expect([first.status, await first.json()]).toEqual([200, { healthy: true }]);
  hears = false;
  const second = await fetch(url);
  expect([second.status, await second.json()]).toEqual([503, { healthy: false }]);
});

test('fails when its port is taken', async () => {
  const server = await serveHealth('127.0.0.1', 0, () => true);
  stop = () => server.close();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(serveHealth('127.0.0.1', port, () => true)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
