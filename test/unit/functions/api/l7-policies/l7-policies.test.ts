import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { inside, type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

const rule = { type: 'PATH', compare_type: 'STARTS_WITH', value: '/a' };

describe('POST of an L7 policy', () => {
  it('answers 201, with its place behind the others and its rules', async () => {
    const { call, listener, policy } = await workbench();
    const { id: listenerId } = await listener();
    await policy(listenerId);
    const shown = await policy(listenerId, {
      action: 'REDIRECT_TO_URL',
      redirect_url: 'https://a.example/',
      redirect_prefix: 'https://b.example',
      rules: [rule, { ...rule, value: '/b' }],
    });
    expect(shown).toMatchObject({
      listener_id: listenerId,
      action: 'REDIRECT_TO_URL',
      redirect_url: 'https://a.example/',
      redirect_prefix: null,
      redirect_pool_id: null,
      redirect_http_code: 302,
      position: 2,
      rules: [{}, {}],
    });
    const first = await policy(listenerId, { position: 1 });
    expect(inside(await call('GET', `l7policies/${shown.id}`), 'l7policy')).toMatchObject({ position: 3 });
    const { l7policies } = inside(await call('GET', `listeners/${listenerId}`), 'listener');
    expect(l7policies).toMatchObject([{ id: first.id }, {}, { id: shown.id }]);
  });
});

describe('a refused POST of an L7 policy', () => {
  let bench: Workbench;
  const listeners = new Map<string, string>();
  beforeAll(async () => {
    bench = await workbench();
    for (const [index, protocol] of ['HTTP', 'TCP', 'UDP', 'PROMETHEUS'].entries()) {
      listeners.set(protocol, (await bench.listener({ protocol, protocol_port: 80 + index })).id);
    }
    listeners.set('tcp pool', (await bench.pool({ protocol: 'TCP' })).id);
  });

  it.each([
    ['HTTP', { action: 'EXPLODE' }, 400, /field\/attribute action/],
    ['HTTP', { action: 'REDIRECT_TO_URL' }, 400, /redirect_url must be given for action REDIRECT_TO_URL/],
    ['HTTP', { action: 'REDIRECT_TO_POOL' }, 400, /redirect_pool_id must be given/],
    [
      'HTTP',
      { action: 'REDIRECT_TO_POOL', redirect_pool_id: randomUUID(), redirect_prefix: 'http://a' },
      400,
      /redirect_pool_id cannot be given beside/,
    ],
    [
      'HTTP',
      { action: 'REDIRECT_PREFIX', redirect_pool_id: randomUUID(), redirect_prefix: 'http://a' },
      400,
      /redirect_pool_id cannot be given beside/,
    ],
    ['HTTP', { action: 'REDIRECT_PREFIX', redirect_prefix: 'ftp://a' }, 400, /is not an http or https URL$/],
    ['HTTP', { action: 'REDIRECT_TO_URL', redirect_url: 'http://a/\nb' }, 400, /redirect_url/],
    ['HTTP', { redirect_http_code: 304 }, 400, /should be one of: 301, 302, 303, 307, 308$/],
    ['HTTP', { position: 0 }, 400, /position/],
    ['HTTP', { rules: [{ ...rule, value: '(', compare_type: 'REGEX' }] }, 400, /^Error parsing L7Rule: value/],
    ['HTTP', { rules: Array.from({ length: 51 }, () => rule) }, 409, /^Too many rules on L7 policy/],
    ['TCP', {}, 501, /does not support a requested option: L7 policies on TCP listeners$/],
    ['UDP', {}, 501, /L7 policies on UDP listeners$/],
    ['PROMETHEUS', {}, 400, /^Protocol PROMETHEUS listeners cannot have child objects\.$/],
  ])('of a %s listener with %j is refused with the reason', async (protocol, fields, status, text) => {
    const l7policy = { listener_id: listeners.get(protocol), action: 'REJECT', ...fields };
    const [code, told] = await bench.refused('POST', 'l7policies', { l7policy });
    expect(told).toMatch(text);
    expect(code).toBe(status);
  });

  it('to a pool that cannot take the traffic is refused with the reason', async () => {
    const l7policy = {
      listener_id: listeners.get('HTTP'),
      action: 'REDIRECT_TO_POOL',
      redirect_pool_id: listeners.get('tcp pool'),
    };
    expect(await bench.refused('POST', 'l7policies', { l7policy })).toEqual([
      400,
      "Validation failure: The pool protocol 'TCP' is invalid while the listener protocol is 'HTTP'.",
    ]);
  });
});

describe('PUT of an L7 policy', () => {
  it('takes the action from the target, and clears what belongs to another action', async () => {
    const { call, listener, policy, pool, refused } = await workbench();
    const [{ id: listenerId }, { id: poolId }] = [await listener(), await pool()];
    const { id } = await policy(listenerId, { action: 'REDIRECT_PREFIX', redirect_prefix: 'https://a.example' });
    const put = async (fields: object) =>
      inside(await call('PUT', `l7policies/${id}`, { l7policy: fields }), 'l7policy');
    expect(await put({ redirect_http_code: 308 })).toMatchObject({
      redirect_http_code: 308,
      action: 'REDIRECT_PREFIX',
    });
    expect(await put({ redirect_pool_id: poolId })).toMatchObject({
      action: 'REDIRECT_TO_POOL',
      redirect_pool_id: poolId,
      redirect_prefix: null,
      redirect_http_code: null,
    });
    expect(await put({ name: 'n' })).toMatchObject({ name: 'n', redirect_pool_id: poolId });
    expect(await refused('PUT', `l7policies/${id}`, { l7policy: { redirect_pool_id: null } })).toMatchObject([
      400,
      expect.stringContaining('redirect_pool_id must be given'),
    ]);
    expect(await put({ action: 'REJECT' })).toMatchObject({ action: 'REJECT', redirect_pool_id: null });
    const both = { redirect_pool_id: poolId, redirect_url: 'http://a.example' };
    expect(await refused('PUT', `l7policies/${id}`, { l7policy: both })).toMatchObject([
      400,
      expect.stringContaining('redirect_pool_id cannot be given beside'),
    ]);
    expect(await put({ action: 'REJECT', ...both })).toMatchObject({ action: 'REJECT', redirect_url: null });
  });

  it('keeps its place when the position is null, and is refused without any field', async () => {
    const { call, listener, policy, refused } = await workbench();
    const { id: listenerId } = await listener();
    const { id } = await policy(listenerId, { tags: ['a'] });
    await policy(listenerId);
    const answer = await call('PUT', `l7policies/${id}`, { l7policy: { position: null, tags: null } });
    expect(inside(answer, 'l7policy')).toMatchObject({ position: 1, tags: [] });
    expect(await refused('PUT', `l7policies/${id}`, { l7policy: {} })).toEqual([
      400,
      'Invalid L7 Policy arguments: Invalid update options',
    ]);
  });
});
