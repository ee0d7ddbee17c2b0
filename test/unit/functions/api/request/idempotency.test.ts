import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createOnce } from '../../../../../functions/api/request/idempotency.ts';
import type { ApiAnswer, ApiRequest } from '../../../../../functions/api/request/request.ts';
import { settle } from '../../../../../lib/repositories/locks/settlements.ts';
import { listLoadBalancers } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { getTree } from '../../../../../lib/repositories/objects/trees.ts';
import { getOperation, listOperations } from '../../../../../lib/repositories/operations/operations.ts';
import { useTable } from '../../../../helpers/table.ts';
import { patience } from '../../../../patience.ts';
import { ended, flowOf } from '../../../lib/repositories/support/stored.ts';
import { type TestApi, testApi } from '../support/api.ts';
import { SUBNET_V4 } from '../support/fake-network.ts';
import { loadBalancerOf } from '../support/read.ts';
import { inside, type Workbench, workbench } from '../support/resources.ts';

beforeAll(useTable);

const FIELDS = { name: 'web', vip_subnet_id: SUBNET_V4.id };

const never = <T>(): Promise<T> => new Promise(() => {});

/** Settles a load balancer that is being created. */
const bringToRest = async (id: string): Promise<void> => {
  const [operation] = await listOperations(id);
  if (operation === undefined) throw new Error('no operation');
  await settle(flowOf(operation), ended);
};

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
    await expect.poll(() => api.network.ports.size).toBe(1);
    vi.useRealTimers();
    const [port] = api.network.ports.values();
    const shown = loadBalancerOf(await post(api, projectId, 'k'));
    expect(shown.vip_port_id).toBe(port?.id);
    expect(port?.name).toBe(`octavia-lb-${shown.id}`);
    expect(api.network.ports.size).toBe(1);
  });

  it('gets the first answer again, with the operation that it started', async () => {
    const api = testApi();
    const projectId = randomUUID();
    const first = await post(api, projectId, 'k');
    await bringToRest(loadBalancerOf(first).id);
    const again = await post(api, projectId, 'k');
    expect(again.body).toEqual(first.body);
    expect(again.headers['x-operation-id']).toBe(first.headers['x-operation-id']);
    expect((await getOperation(String(first.headers['x-operation-id']))).flow).toBe('create-load-balancer');
  });

  it('keeps its id after a failure that may have left something on its way', async () => {
    const api = testApi();
    const projectId = randomUUID();
    const ids: string[] = [];
    const createLoadBalancer = async ({ id }: { readonly id: string }) => {
      ids.push(id);
      throw new Error('no answer');
    };
    const unknowing = testApi({
      fake: api.network,
      worker: () => ({ createLoadBalancer, updateLoadBalancer: never, deleteLoadBalancer: never }),
    });
    expect((await post(unknowing, projectId, 'k')).status).toBe(500);
    const again = await post(api, projectId, 'k');
    expect(again.status).toBe(201);
    expect(ids).toEqual([loadBalancerOf(again).id]);
  });

  it.each(['', ' ', 'a b', 'x'.repeat(256)])('is refused when the key is %j', async (key) => {
    expect((await post(testApi(), randomUUID(), key)).status).toBe(400);
  });
});

/** Everything that can be created below a load balancer, with what it needs to be there. */
const CHILDREN: Readonly<Record<string, (bench: Workbench) => Promise<readonly [path: string, body: object]>>> = {
  listener: async ({ loadBalancer }) => [
    'listeners',
    { listener: { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', protocol_port: 80 } },
  ],
  'pool of a load balancer': async ({ loadBalancer }) => [
    'pools',
    { pool: { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' } },
  ],
  'pool of a listener': async (bench) => [
    'pools',
    { pool: { listener_id: (await bench.listener()).id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' } },
  ],
  member: async (bench) => [
    `pools/${(await bench.pool()).id}/members`,
    { member: { address: '10.2.0.5', protocol_port: 8080 } },
  ],
  'health monitor': async (bench) => [
    'healthmonitors',
    { healthmonitor: { pool_id: (await bench.pool()).id, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 } },
  ],
  'L7 policy': async (bench) => [
    'l7policies',
    { l7policy: { listener_id: (await bench.listener()).id, action: 'REJECT' } },
  ],
  'L7 rule': async (bench) => {
    const { id } = await bench.policy((await bench.listener()).id);
    return [`l7policies/${id}/rules`, { rule: { type: 'PATH', compare_type: 'STARTS_WITH', value: '/a' } }];
  },
};

describe.each(Object.entries(CHILDREN))('a POST of a %s with an idempotency key', (_kind, prepare) => {
  it('has one effect and one answer, at once and later; another body is refused', async () => {
    const bench = await workbench();
    const [path, body] = await prepare(bench);
    const send = (asked: object) =>
      bench.api.call(`/v2.0/lbaas/${path}`, {
        method: 'POST',
        token: bench.token,
        headers: { 'X-Idempotency-Key': 'k' },
        body: asked,
      });
    const [one, two] = await Promise.all([send(body), send(body)]);
    const later = await send(body);
    expect([one.status, two.status, later.status]).toEqual([201, 201, 201]);
    expect(two.body).toEqual(one.body);
    expect(later.body).toEqual(one.body);
    const operations = [one, two, later].map(({ headers }) => headers['x-operation-id']);
    expect(new Set(operations).size).toBe(1);
    const [wrapper = ''] = Object.keys(body);
    const { provisioning_status, id } = inside(one, wrapper);
    expect(provisioning_status).toBe('PENDING_CREATE');
    expect((await getOperation(String(operations[0]))).loadbalancer_id).toBe(bench.loadBalancer.id);
    const tree = JSON.stringify(await getTree(bench.loadBalancer.id));
    expect(tree.split(`"id":"${id}"`)).toHaveLength(2);
    const other = await send({ [wrapper]: { ...Object.values(body)[0], tags: ['other'] } });
    expect(other.status).toBe(422);
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
    caller: {
      userId: 'u',
      projectId: 'p',
      roles: [],
      systemScope: false,
      unrestricted: false,
      token: null,
      serviceToken: null,
    },
    action: 'os_load-balancer_api:loadbalancer:post',
    allows: () => true,
  });

  it('is answered as soon as the object is there', async () => {
    const projectId = randomUUID();
    let finish = (): void => {};
    const created = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const answer = { status: 201, body: { id: 'x' }, headers: {} };
    const there = new Set<string>();
    const find = async (id: string) => (there.has(id) ? answer : null);
    const create = vi.fn(async (id: string) => {
      await created;
      there.add(id);
      return answer;
    });
    const first = createOnce(request('k'), projectId, { find, create });
    await vi.waitFor(() => expect(create).toHaveBeenCalled(), patience.expect.poll);
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
    await vi.waitFor(() => expect(create).toHaveBeenCalled(), patience.expect.poll);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const second = createOnce(request('k'), projectId, { find, create });
    const refused = expect(second).rejects.toMatchObject({ status: 409, headers: { 'retry-after': '5' } });
    await vi.waitFor(() => expect(find).toHaveBeenCalledTimes(2), patience.expect.poll);
    vi.setSystemTime(Date.now() + 6_000);
    await refused;
    vi.useRealTimers();
    expect(create).toHaveBeenCalledTimes(1);
  });
});
