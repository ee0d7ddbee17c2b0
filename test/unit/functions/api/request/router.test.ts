import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { SETTINGS, testApi } from '../support/api.ts';
import { faultOf } from '../support/read.ts';

beforeAll(useTable);

const id = randomUUID();
const settings = () => ({ ...SETTINGS, healthcheckEnabled: true });
const api = testApi({ settings });
const token = api.tokenFor('mine', 'admin');

describe('the root of a version', () => {
  it.each([...['/v2.0', '/v2', '/v2.0/', '/v2/', '/load-balancer/v2', '/v2.0/lbaas', '/v2.0/lbaas/', '/v2.0/octavia']])(
    'answers GET %s with a token',
    async (path) => {
      expect(await api.call(path, { token })).toMatchObject({ status: 200, body: 'v2' });
      expect((await api.call(path)).status).toBe(401);
      expect(await api.call(path, { token, method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    },
  );
});

describe('HEAD', () => {
  it.each(['/', '/load-balancer/'])('of %s is 200 without a token', async (path) => {
    expect((await api.call(path, { method: 'HEAD' })).status).toBe(200);
  });

  it.each([
    ['/v2.0', 'GET'],
    ['/v2.0/lbaas/loadbalancers', 'GET, POST'],
    [`/v2.0/lbaas/loadbalancers/${id}`, 'GET, PUT, DELETE'],
    [`/v2.0/lbaas/loadbalancers/${id}/status`, 'GET'],
  ])('of %s is 405, as upstream, with the methods there are', async (path, allow) => {
    expect(await api.call(path, { token, method: 'HEAD' })).toMatchObject({ status: 405, headers: { allow } });
  });
});

describe('another method', () => {
  it.each([
    ['POST', '/healthcheck'],
    ['PUT', '/healthcheck'],
    ['DELETE', '/load-balancer/healthcheck'],
    ['TRACE', '/healthcheck'],
    ['TRACE', '/'],
  ])('%s %s is 405 without a token', async (method, path) => {
    expect(await api.call(path, { method })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD' },
      body: { code: 405, title: 'Method Not Allowed' },
    });
  });

  it('of an object is 405', async () => {
    const answer = await api.call(`/v2.0/lbaas/pools/${id}`, { token, method: 'PATCH' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, PUT, DELETE' } });
  });
});

describe('PUT or DELETE of a collection', () => {
  it.each([
    ['PUT', '/v2.0/lbaas/listeners', 'id'],
    ['DELETE', '/v2.0/lbaas/loadbalancers', 'id'],
    ['DELETE', `/v2.0/lbaas/pools/${id}/members`, 'id'],
    ['PUT', '/v2.0/lbaas/quotas', 'project_id'],
  ])('is refused as upstream, since it lacks the id: %s %s', async (method, path, name) => {
    const answer = await api.call(path, { token, method, body: {} });
    expect([answer.status, faultOf(answer)]).toEqual([400, `Missing argument: "${name}"`]);
  });
});

describe('a path that does not exist', () => {
  it.each([
    ['GET', '/v3'],
    ['GET', '/v2.0/bogus'],
    ['GET', `/v2.0/octavia/amphorae/${id}/bogus`],
    ['DELETE', `/v2.0/octavia/amphorae/${id}/bogus`],
    ['POST', `/v2.0/lbaas/loadbalancers/${id}/bogus`],
    ['DELETE', `/v2.0/lbaas/quotas/${id}/bogus`],
  ])('is 404, in upstream’s shape: %s %s', async (method, path) => {
    const body = { code: 404, title: 'Not Found', description: 'The resource could not be found.' };
    expect(await api.call(path, { token, method })).toMatchObject({ status: 404, body });
  });

  it.each([
    ['PUT', `/v2.0/octavia/amphorae/${id}/bogus`, 'GET, DELETE'],
    ['POST', '/v2.0/bogus', 'GET'],
    ['DELETE', '/v2.0/lbaas/bogus', 'GET'],
    ['TRACE', `/v2.0/lbaas/loadbalancers/${id}/bogus`, 'GET, PUT, DELETE, POST'],
  ])('is 405 where what is above it does not have the method: %s %s', async (method, path, allow) => {
    expect(await api.call(path, { token, method })).toMatchObject({ status: 405, headers: { allow } });
  });
});

describe('the origin that links begin with', () => {
  const linkOf = async (headers: Readonly<Record<string, string>>): Promise<string> =>
    /"href":"([^"]*)"/.exec(JSON.stringify((await api.call('/', { headers })).body))?.[1] ?? '';

  it.each([
    [{ host: 'lb.example:9876', 'x-forwarded-proto': 'https' }, 'https://lb.example:9876/v2'],
    [{ host: '[2001:db8::1]:9876' }, 'http://[2001:db8::1]:9876/v2'],
    [{ host: '10.0.0.1', 'x-forwarded-proto': 'HTTPS' }, 'https://10.0.0.1/v2'],
    [{ 'x-forwarded-proto': 'javascript' }, 'http://lb.example/v2'],
    [{ host: 'a"><script>' }, 'http://localhost/v2'],
    [{ host: 'evil.example/path?' }, 'http://localhost/v2'],
    [{ host: 'user@evil.example' }, 'http://localhost/v2'],
    [{ host: '' }, 'http://localhost/v2'],
    [{ host: `${'a'.repeat(255)}.example` }, 'http://localhost/v2'],
  ])('is made of well-formed headers only: %j', async (headers, link) => {
    expect(await linkOf(headers)).toBe(link);
  });

  it('is the configured one whatever the headers say', async () => {
    const based = testApi({ baseUri: 'https://cloud.example/lb' });
    const answer = await based.call('/', { headers: { host: 'evil.example' } });
    expect(JSON.stringify(answer.body)).toContain('"https://cloud.example/lb/v2"');
  });
});
