import { beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../../../functions/api/api.ts';
import { useTable } from '../../../helpers/table.ts';
import { testApi } from './support/api.ts';
import { faultOf } from './support/read.ts';

beforeAll(useTable);

const LIST = '/v2.0/lbaas/loadbalancers';
const REQUEST_ID = /^req-[0-9a-f-]{36}$/;

describe('the stack', () => {
  const api = testApi();
  const token = api.tokenFor('stack', 'member');

  it('gives every answer a request id', async () => {
    const [found, refused] = await Promise.all([api.call(LIST, { token }), api.call(LIST)]);
    expect(found.headers['x-openstack-request-id']).toMatch(REQUEST_ID);
    expect(refused.headers['x-openstack-request-id']).toMatch(REQUEST_ID);
  });

  it('keeps a request id that is one, and no other', async () => {
    const given = 'req-6a0a707c-45ef-4758-b533-e55adddba8ce';
    const kept = await api.call(LIST, { token, headers: { 'X-Openstack-Request-Id': given } });
    const replaced = await api.call(LIST, { token, headers: { 'X-Openstack-Request-Id': 'req-1\nforged' } });
    expect(kept.headers['x-openstack-request-id']).toBe(given);
    expect(replaced.headers['x-openstack-request-id']).toMatch(REQUEST_ID);
  });

  it('answers 401 without a token and with an unknown one, also for paths that do not exist', async () => {
    for (const call of [{}, { token: 'unknown' }]) {
      const answer = await api.call('/v2.0/nothing', call);
      expect(answer.status).toBe(401);
      expect(answer.body).toMatchObject({ error: { code: 401, title: 'Unauthorized' } });
      expect(answer.headers['www-authenticate']).toBe('Keystone');
    }
  });

  it.each([
    '/v2.0/nothing',
    '/v3/lbaas/loadbalancers',
    '/v2.0/lbaas/loadbalancers/a/b/c',
    '/v2.0/lbaas/operations/%zz',
  ])('answers 404 for %s', async (path) => {
    expect(await api.call(path, { token })).toMatchObject({
      status: 404,
      body: { code: 404, title: 'Not Found', description: 'The resource could not be found.' },
    });
  });

  it('answers 405 with the methods there are', async () => {
    const answer = await api.call(LIST, { token, method: 'PATCH' });
    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } });
  });

  it.each([
    ...['text/html', 'application/json;q=0', 'image/*, text/plain', '*/*;q=0.0', 'application/xml,', ','],
    'application/json;q=0, */*',
  ])('answers 406 to Accept: %s', async (accept) => {
    const answer = await api.call(LIST, { token, headers: { accept } });
    expect(answer).toMatchObject({
      status: 406,
      body: { code: 406, title: 'Not Acceptable', description: 'Only content type application/json is accepted.' },
    });
  });

  it.each([
    ...['', '*/*', 'text/html, application/json;q=0.5', 'APPLICATION/JSON', 'application/*', 'text/html,*/*;q=0.1'],
    ...['application/json; charset=utf-8', 'application/json;v="1"'],
  ])('answers 200 to Accept: %s', async (accept) => {
    expect((await api.call(LIST, { token, headers: { accept } })).status).toBe(200);
  });

  it.each([
    ...['bogus', 'application/xml, bogus', 'application/', '/json', 'text/xml;q=foo', 'text/xml;q=1.5', 'a/b;c', '*'],
    'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
  ])('takes a malformed Accept header for none, as upstream: %s', async (accept) => {
    expect((await api.call(LIST, { token, headers: { accept } })).status).toBe(200);
  });

  it('answers 413 to a body above the limit', async () => {
    const rawBody = JSON.stringify({ loadbalancer: { name: 'x'.repeat(114_688) } });
    expect((await api.call(LIST, { token, method: 'POST', rawBody })).status).toBe(413);
  });

  it('answers 400 to a body nested deeper than any request, with and without a field around it', async () => {
    const nested = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    for (const rawBody of [nested, `{"pool":{"name":${nested}}}`]) {
      const answer = await api.call('/v2.0/lbaas/pools', { token, method: 'POST', rawBody });
      expect([answer.status, faultOf(answer)]).toEqual([
        400,
        'Validation failure: The body may have 32 levels and 20000 values at most.',
      ]);
    }
  });

  it('answers 414 to a query above the limit', async () => {
    expect((await api.call(`${LIST}?name=${'x'.repeat(8_192)}`, { token })).status).toBe(414);
  });

  it('answers 400 to a body that is not JSON, and 415 to one that does not claim to be', async () => {
    const broken = await api.call(LIST, { token, method: 'POST', rawBody: '{"loadbalancer":' });
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const foreign = await api.call(LIST, { token, method: 'POST', rawBody: 'a=b', headers: form });
    expect([broken.status, faultOf(broken)]).toEqual([400, 'Request is not in valid JSON format']);
    expect(foreign.status).toBe(415);
  });

  it.each([
    '/v2/lbaas/loadbalancers',
    '/v2.0/lbaas/loadbalancers.json',
    '/load-balancer/v2.0/lbaas/loadbalancers',
    '/load-balancer/v2/lbaas/loadbalancers/',
    '/v2.0/loadbalancers',
  ])('serves %s', async (path) => {
    expect((await api.call(path, { token })).status).toBe(200);
  });

  it('answers 503 in time when the time of the function is nearly over', async () => {
    const api = createApi({
      routes: [{ method: 'GET', path: '/', action: null, handle: () => new Promise(() => undefined) }],
      authenticate: async () => null,
      policySet: () => 'keystone_default',
      baseUri: () => null,
      dryRun: async (_caller, work) => work(),
      refuseFrozen: async () => {},
    });
    const event = { rawPath: '/', rawQueryString: '', headers: {}, isBase64Encoded: false };
    const context = Object.assign(Object.create(null), { getRemainingTimeInMillis: () => 520 });
    const answer = await api({ ...event, requestContext: { http: { method: 'GET' } } }, context);
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
  });

  it('hides the details of an unexpected error', async () => {
    const handle = async () => {
      throw new Error('password=secret at 10.0.0.1');
    };
    const broken = createApi({
      routes: [{ method: 'GET', path: '/', action: null, handle }],
      authenticate: async () => null,
      policySet: () => 'keystone_default',
      baseUri: () => null,
      dryRun: async (_caller, work) => work(),
      refuseFrozen: async () => {},
    });
    const event = { rawPath: '/', rawQueryString: '', headers: {}, isBase64Encoded: false };
    const context = Object.create(null);
    const answer = await broken({ ...event, requestContext: { http: { method: 'GET' } } }, context);
    expect(answer).toMatchObject({ statusCode: 500 });
    expect(answer?.body).toContain('"faultcode":"Server"');
    expect(answer?.body).not.toContain('secret');
  });
});

describe('the version discovery', () => {
  it('needs no token and names the versions in order, the last one current', async () => {
    const answer = await testApi().call('/');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      versions: expect.arrayContaining([
        {
          id: 'v2.0',
          status: 'SUPPORTED',
          updated: '2016-12-11T00:00:00Z',
          links: [{ href: 'http://lb.example/v2', rel: 'self' }],
        },
        expect.objectContaining({ id: 'v2.14', status: 'SUPPORTED' }),
        expect.objectContaining({ id: 'v2.30', status: 'CURRENT' }),
      ]),
    });
  });

  it('links below the prefix it was asked at, and to the base that is configured', async () => {
    const prefixed = await testApi().call('/load-balancer/');
    const based = await testApi({ baseUri: 'https://cloud.example/lb/' }).call('/');
    expect(JSON.stringify(prefixed.body)).toContain('"http://lb.example/load-balancer/v2"');
    expect(JSON.stringify(based.body)).toContain('"https://cloud.example/lb/v2"');
  });
});
