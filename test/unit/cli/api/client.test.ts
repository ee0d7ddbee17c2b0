import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Access } from '../../../../cli/access/access.ts';
import { openApi } from '../../../../cli/api/client.ts';
import { CommandError, RefusedError } from '../../../../cli/output/errors.ts';
import type { HttpRequest } from '../../../../lib/openstack/http/transport.ts';

const TOKEN = 'token-of-alice';
const access: Access = {
  source: 'a test',
  signIn: { kind: 'none' },
  endpoint: 'http://lb.example',
  region: null,
  interface: 'public',
  caFile: null,
  verify: true,
};

interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An API whose answers are given, and what it was asked. */
const apiOf = (answers: readonly Reply[], signIn: Access['signIn'] = access.signIn) => {
  const asked: HttpRequest[] = [];
  const signIns: boolean[] = [];
  const api = openApi({
    access: { ...access, signIn },
    transport: {
      async send(request) {
        const { status = 200, body = null, headers = {} } = answers[asked.push(request) - 1] ?? {};
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        return { status, headers, bytes: new TextEncoder().encode(text) };
      },
      close: async () => {},
    },
    async signedIn(again = false) {
      signIns.push(again);
      return { token: TOKEN, endpoint: 'http://lb.example', userId: 'u', projectId: 'p', expiresAt: null };
    },
    close: async () => {},
  });
  return { api, asked, signIns };
};

const item = z.object({ id: z.string().max(10) });
const next = { operations_links: [{ rel: 'next', href: 'http://elsewhere.example/' }] };

describe('the client', () => {
  it('reads a list page after page by its markers, never by the address of a link', async () => {
    const first = { operations: [{ id: 'a' }, { id: 'b', more: 1 }], ...next };
    const { api, asked } = apiOf([{ body: first }, { body: { operations: [{ id: 'c' }], operations_links: [] } }]);
    const query = [['status', 'FAILED']] as const;
    expect(await api.list('/ops', 'operations', item, { query })).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    expect(asked.map(({ url }) => url)).toEqual([
      'http://lb.example/ops?status=FAILED&limit=1000',
      'http://lb.example/ops?status=FAILED&limit=1000&marker=b',
    ]);
    expect(asked[0]?.headers['x-auth-token']).toBe(TOKEN);
  });

  it('reads no more of a list than was asked for', async () => {
    const { api, asked } = apiOf([{ body: { operations: [{ id: 'a' }, { id: 'b' }], ...next } }]);
    expect(await api.list('/ops', 'operations', item, { most: 2 })).toHaveLength(2);
    expect(asked.map(({ url }) => url)).toEqual(['http://lb.example/ops?limit=2']);
  });

  it('names what was refused, with the words of the API and its request, and never the token', async () => {
    const body = { faultcode: 'Client', faultstring: `no such pool for ${TOKEN}`, debuginfo: null };
    const { api } = apiOf([{ status: 409, body, headers: { 'x-openstack-request-id': 'req-1' } }]);
    const error = await api.send('PUT', '/pools/x').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({
      status: 409,
      message: 'no such pool for [hidden] (PUT /pools/x: 409, request req-1)',
    });
  });

  it('takes 404 for nothing where it looks for something, and nothing else', async () => {
    expect(await apiOf([{ status: 404, body: {} }]).api.find('/x', 'pool', item)).toBeNull();
    await expect(apiOf([{ status: 403, body: {} }]).api.find('/x', 'pool', item)).rejects.toMatchObject({
      status: 403,
    });
  });

  it('signs in again once when its token has expired, where it can', async () => {
    const credentials = {
      kind: 'password',
      user: { id: 'u', name: null },
      userDomain: { id: 'd', name: null },
    } as const;
    const options = {
      authUrl: 'http://keystone.example/v3',
      credentials: { ...credentials, password: 'p' },
      project: null,
      projectDomain: { id: 'd', name: null },
      region: null,
      interface: 'public',
      caFile: null,
      verify: true,
      endpointOverrides: {},
    } as const;
    const expired: readonly Reply[] = [{ status: 401, body: {} }, { body: { pool: { id: 'a' } } }];
    const { api, signIns } = apiOf(expired, { kind: 'credentials', options });
    expect(await api.get('/x', 'pool', item)).toEqual({ id: 'a' });
    expect(signIns).toEqual([false, true]);
    await expect(apiOf(expired).api.get('/x', 'pool', item)).rejects.toMatchObject({ status: 401 });
  });

  it.each([
    ['no JSON', '<html>'],
    ['another shape', { pool: { id: 7 } }],
    ['a text that is too long', { pool: { id: 'x'.repeat(11) } }],
    ['another wrapper', { pools: [] }],
    ['no object', []],
  ])('refuses an answer with %s', async (_what, body) => {
    const error = await apiOf([{ body }])
      .api.get('/x', 'pool', item)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommandError);
    expect(String(error)).toContain('GET /x');
  });

  it('tells the operation of a write, and how far the clocks are apart', async () => {
    const headers = { 'x-operation-id': 'o1', date: new Date(Date.now() + 90_000).toUTCString() };
    const { api, asked } = apiOf([{ status: 202, body: '', headers }]);
    const sent = await api.send('POST', '/x', { body: { a: 1 }, idempotencyKey: 'k' });
    expect(sent).toMatchObject({ body: null, operationId: 'o1' });
    expect(sent.clockAhead).toBeGreaterThan(80_000);
    expect(asked[0]).toMatchObject({ body: '{"a":1}', headers: { 'x-idempotency-key': 'k' } });
  });
});
