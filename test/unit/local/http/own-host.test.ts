import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../../local/http/listen.ts';
import { isOwnHost } from '../../../../local/http/own-host.ts';

describe('isOwnHost', () => {
  it.each(['localhost', 'localhost:8000', '127.0.0.1:8000', '127.9.1.10', '[::1]:8000', '10.0.0.5', 'stack.lan:1'])(
    'is true for %s',
    (header) => {
      expect(isOwnHost(header, 'stack.lan')).toBe(true);
    },
  );

  it.each([
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '',
    undefined,
    'a"><b',
  ])('is false for %s', (header) => {
    expect(isOwnHost(header, 'stack.lan')).toBe(false);
  });
});

describe('a server on loopback', () => {
  let server: Listening | undefined;
  afterEach(async () => {
    await server?.stop();
  });

  const statusFor = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asked = request(`${server?.endpoint}/`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });

  it('refuses the name of another host before its handler runs', async () => {
    let handled = 0;
    server = await listen({
      host: '127.0.0.1',
      port: 0,
      handle: (_, response) => {
        handled += 1;
        response.end();
      },
    });
    expect([await statusFor('evil.example'), handled]).toEqual([421, 0]);
    expect([await statusFor('localhost'), handled]).toEqual([200, 1]);
  });
});
