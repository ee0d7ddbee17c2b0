import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createOnce } from '../../../../functions/api/idempotency.ts';
import type { ApiAnswer, ApiRequest } from '../../../../functions/api/request.ts';
import { listLoadBalancers } from '../../../../lib/repositories/load-balancers.ts';
import { useTable } from '../../../helpers/table.ts';
import { type TestApi, testApi } from './support/api.ts';
import { SUBNET_V4 } from './support/fake-network.ts';
import { loadBalancerOf } from './support/read.ts';

beforeAll(useTable);

const FIELDS = { name: 'web', vip_subnet_id: SUBNET_V4.id };

const never = <T>(): Promise<T> => new Promise(() => {});

const post = (api: TestApi, projectId: string, key: string, rawBody = JSON.stringify({ loadbalancer: FIELDS })) =>
  api.call('/v2.0/lbaas/loadbalancers', {
    method: 'POST',
    token: api.tokenFor(projectId, 'member'),
    headers: { 'X-Idempotency-Key': key },
    rawBody,
  });

describe('a POST with an idempotency key', () => {
  it('has one effect, however often and however close together it comes', async () => {
    const api = testApi();
    const projectId = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(api, projectId, 'k')));
    const later = await post(
      api,
      projectId,
      'k',
      ` {"loadbalancer": {"vip_subnet_id":"${SUBNET_V4.id}","name":"web"}}`,
    );
    const created = await listLoadBalancers(projectId);
    expect(created).toHaveLength(1);
    expect(api.network.ports.size).toBe(1);
    for (const answer of [...answers, later]) {
      expect(answer.status).toBe(201);
      expect(loadBalancerOf(answer).id).toBe(created[0]?.id);
    }
  });

  it('is refused with 422 for another body, and free in another project', async () => {
    const api = testApi();
    const projectId = randomUUID();
    await post(api, projectId, 'k');
    const other = JSON.stringify({ loadbalancer: { ...FIELDS, name: 'other' } });
    expect((await post(api, projectId, 'k', other)).status).toBe(422);
    expect((await post(api, randomUUID(), 'k', other)).status).toBe(201);
  });

  it('can be repeated after a failure', async () => {
    const api = testApi();
    const projectId = randomUUID();
    api.network.instead.getSubnet = () => Promise.reject(new Error('broken'));
    expect((await post(api, projectId, 'k')).status).toBe(500);
    delete api.network.instead.getSubnet;
    expect((await post(api, projectId, 'k')).status).toBe(201);
  });

  it('is taken over from a creator that died, under the same id and with the port it left', async () => {
    const api = testApi();
    const projectId = randomUUID();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 61_000 });
    const dying = testApi({
      fake: api.network,
      worker: () => ({ createLoadBalancer: never, updateLoadBalancer: never, deleteLoadBalancer: never }),
    });
    void post(dying, projectId, 'k');
    await vi.waitFor(() => expect(api.network.ports.size).toBe(1));
    vi.useRealTimers();
    const [port] = api.network.ports.values();
    const shown = loadBalancerOf(await post(api, projectId, 'k'));
    expect(shown.vip_port_id).toBe(port?.id);
    expect(port?.name).toBe(`octavia-lb-${shown.id}`);
    expect(api.network.ports.size).toBe(1);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(256)])('is refused when the key is %j', async (key) => {
    expect((await post(testApi(), randomUUID(), key)).status).toBe(400);
  });
});

describe('a repetition while the first request is running', () => {
  const request = (key: string): ApiRequest => ({
    requestId: 'req',
    path: '/p',
    origin: '',
    params: {},
    query: new URLSearchParams(),
    headers: { 'x-idempotency-key': key },
    body: {},
    caller: { userId: 'u', projectId: 'p', roles: [], systemScope: false, unrestricted: false, token: null },
    action: 'os_load-balancer_api:loadbalancer:post',
  });

  it('is answered as soon as the object is there', async () => {
    const projectId = randomUUID();
    let finish = (): void => {};
    const created = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const answer = { status: 201, body: { id: 'x' } };
    const there = new Set<string>();
    const find = async (id: string) => (there.has(id) ? answer : null);
    const create = vi.fn(async (id: string) => {
      await created;
      there.add(id);
      return answer;
    });
    const first = createOnce(request('k'), projectId, { find, create });
    await vi.waitFor(() => expect(create).toHaveBeenCalled());
    const second = createOnce(request('k'), projectId, { find, create });
    finish();
    expect(await Promise.all([first, second])).toEqual([answer, answer]);
    expect(create).toHaveBeenCalledTimes(1);
  });

  it('is 409 with Retry-After in the end', async () => {
    const projectId = randomUUID();
    const find = vi.fn(async () => null);
    const create = vi.fn(() => never<ApiAnswer>());
    void createOnce(request('k'), projectId, { find, create });
    await vi.waitFor(() => expect(create).toHaveBeenCalled());
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const second = createOnce(request('k'), projectId, { find, create });
    const refused = expect(second).rejects.toMatchObject({ status: 409, headers: { 'retry-after': '5' } });
    await vi.waitFor(() => expect(find).toHaveBeenCalledTimes(2));
    vi.setSystemTime(Date.now() + 6_000);
    await refused;
    vi.useRealTimers();
    expect(create).toHaveBeenCalledTimes(1);
  });
});
