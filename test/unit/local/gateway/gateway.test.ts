import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway } from '../../../../local/gateway/gateway.ts';
import type { Listening } from '../../../../local/http/listen.ts';
import { isObject, type Json, toJson } from '../../../../local/json.ts';

let gateway: Listening;
const answers: Record<string, Json> = {
  Full: { statusCode: 201, headers: { 'X-One': 1 }, cookies: ['a=1', 'b=2'], body: 'text' },
  Bytes: { statusCode: 200, body: Buffer.from([1, 2, 255]).toString('base64'), isBase64Encoded: true },
  Bare: { just: 'this' },
  Empty: { statusCode: 204 },
};

beforeAll(async () => {
  const route = (key: string, method: string, path: string) => ({
    key,
    events: { routes: [{ method, path }], schedules: [], patterns: [], streams: [] },
  });
  gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    functions: [
      route('Echo', 'ANY', '/v2/{proxy+}'),
      route('One', 'GET', '/v2/things/{id}'),
      route('Broken', 'GET', '/broken'),
      ...Object.keys(answers).map((key) => route(key, 'GET', `/${key}`)),
    ],
    invoke: async (key, payload) => {
      if (key === 'Broken') throw new Error('no');
      return answers[key] ?? toJson({ statusCode: 200, body: JSON.stringify({ key, event: payload }) });
    },
  });
});
afterAll(() => gateway.stop());

const call = (path: string, init: RequestInit = {}) => fetch(`${gateway.endpoint}${path}`, init);
const echo = async (path: string, init: RequestInit = {}) => {
  const body: unknown = await (await call(path, init)).json();
  if (!isObject(body) || !isObject(body.event)) throw new Error('no event came back');
  return { key: body.key, event: body.event };
};

describe('a request', () => {
  test('becomes an event of payload format 2.0', async () => {
    const { key, event } = await echo('/v2/lb/load%20balancers?a=1&a=2&b=%C3%A4', {
      method: 'PUT',
      headers: { 'X-Auth-Token': 't', cookie: 'c=1; d=2', 'content-type': 'application/json' },
      body: '{"x":"ä"}',
    });
    expect(key).toBe('Echo');
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'ANY /v2/{proxy+}',
      rawPath: '/v2/lb/load%20balancers',
      rawQueryString: 'a=1&a=2&b=%C3%A4',
      queryStringParameters: { a: '1,2', b: 'ä' },
      pathParameters: { proxy: 'lb/load balancers' },
      cookies: ['c=1', 'd=2'],
      headers: { 'x-auth-token': 't' },
      body: '{"x":"ä"}',
      isBase64Encoded: false,
      requestContext: { http: { method: 'PUT', sourceIp: '127.0.0.1' } },
    });
  });

  test('with bytes carries them in base64', async () => {
    const { event } = await echo('/v2/x', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array([0, 255]),
    });
    expect(event).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  });

  test('takes the most specific route', async () => {
    expect(await echo('/v2/things/7')).toMatchObject({ key: 'One', event: { pathParameters: { id: '7' } } });
    expect((await echo('/v2/things/7', { method: 'POST' })).key).toBe('Echo');
  });

  test('without a route is answered 404', async () => {
    expect((await call('/v2')).status).toBe(404);
    expect((await call('/Full', { method: 'DELETE' })).status).toBe(404);
  });

  test('above 10 MB is answered 413', async () => {
    const { status } = await call('/v2/x', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect(status).toBe(413);
  });
});

describe('an answer', () => {
  test('carries status, headers, cookies and text', async () => {
    const response = await call('/Full');
    expect(response.status).toBe(201);
    expect(response.headers.get('x-one')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('text');
  });

  test('carries bytes', async () => {
    expect([...new Uint8Array(await (await call('/Bytes')).arrayBuffer())]).toEqual([1, 2, 255]);
  });

  test('without a status is the body of a 200', async () => {
    expect(await (await call('/Bare')).json()).toEqual({ just: 'this' });
  });

  test('can be empty', async () => {
    expect((await call('/Empty')).status).toBe(204);
  });

  test('of a function that fails is 500', async () => {
    expect((await call('/broken')).status).toBe(500);
  });
});
