import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { inRecipe } from './in-recipe.ts';
import { recipe } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';
import { get, steadyClient } from './traffic.ts';

/** This machine in the recipe's management network. */
const MANAGEMENT_ADDRESS = '192.168.90.2';
const MEMBER = '10.90.2.48';
const HEARTBEAT_INTERVAL = 5;
const PERIOD_MS = 60_000;

const amphorae = z.object({
  amphorae: z.array(
    z.object({
      id: z.string(),
      loadbalancer_id: z.string().nullable(),
      compute_id: z.string().nullable(),
      status: z.string(),
    }),
  ),
});
const shown = z.looseObject({ id: z.string(), vip_address: z.string() });
const operation = z.object({
  operation: z.looseObject({ duration_ms: z.number(), steps: z.array(z.looseObject({ name: z.string() })) }),
});

inRecipe.describe('a spare amphora on a real cloud', () => {
  const real = useRealStack({
    SPARE_AMPHORA_POOL_SIZE: '1',
    HEARTBEAT_BIND_IP: MANAGEMENT_ADDRESS,
    HEARTBEAT_BIND_PORT: '5555',
    HEARTBEAT_INTERVAL: String(HEARTBEAT_INTERVAL),
  });
  let api: LoadBalancerApi;
  let operator: LoadBalancerApi;
  let shop: z.infer<typeof shown> = { id: '', vip_address: '' };
  let startedAt = 0;

  const all = async () => amphorae.parse((await operator.call('GET', '/v2.0/octavia/amphorae')).body).amphorae;
  const spares = async () => (await all()).filter(({ loadbalancer_id }) => loadbalancer_id === null);
  const amphoraOf = async (id: string) =>
    (await all()).find(({ loadbalancer_id, status }) => loadbalancer_id === id && status === 'ALLOCATED');
  /** The id of the spare, once it is READY and heard. */
  const ready = async (): Promise<string> => {
    await expect
      .poll(async () => (await spares()).map(({ status }) => status), { timeout: 150_000, interval: 500 })
      .toEqual(['READY']);
    // One that was asked for too early is not asked for again within an interval.
    await pause((2 * HEARTBEAT_INTERVAL + 2) * 1000);
    return String((await spares())[0]?.id);
  };
  /** Creates it; answers it with the record of its operation. */
  const create = async (name: string, subnet: string, memberSubnet: string) => {
    const created = await api.call('POST', LOAD_BALANCERS, {
      loadbalancer: {
        name,
        vip_subnet_id: subnet,
        listeners: [
          {
            protocol: 'HTTP',
            protocol_port: 80,
            default_pool: {
              name: 'backends',
              protocol: 'HTTP',
              lb_algorithm: 'ROUND_ROBIN',
              members: [{ address: MEMBER, protocol_port: 80, subnet_id: memberSubnet }],
            },
          },
        ],
      },
    });
    expect(created).toMatchObject({ status: 201 });
    const { loadbalancer } = z.object({ loadbalancer: shown }).parse(created.body);
    expect(await api.settled(loadbalancer.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    return { loadBalancer: loadbalancer, ...(await record(String(created.headers['x-operation-id']))) };
  };
  const record = async (id: string) =>
    operation.parse((await operator.call('GET', `/v2.0/lbaas/operations/${id}`)).body).operation;
  const remove = async (id: string): Promise<void> => {
    await api.settled(id);
    expect((await api.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`)).status).toBe(204);
    expect(await api.settled(id)).toBeNull();
  };
  const answers = async () => (await get(`http://${shop.vip_address}/`, {}, 1_000).catch(() => null))?.status;

  beforeAll(async () => {
    startedAt = Date.now();
    const { as, facts } = real();
    [api, operator] = [await as(facts.TEST_TENANT_CLOUD), await as('admin')];
    await recipe(facts, 'add-member-host', 'blue', MEMBER, '80');
  });
  afterAll(async () => {
    if (shop.id !== '') await remove(shop.id);
    await recipe(real().facts, 'remove-member-host', 'blue');
    // The pool is filled at every minute of the stack's; what is deleted right after that stays away until it stops.
    await pause(PERIOD_MS - ((Date.now() - startedAt) % PERIOD_MS) + 3_000);
    const poll = { timeout: 40_000, interval: 500 };
    await vi.waitFor(async () => expect((await spares()).every(({ status }) => status === 'READY')).toBe(true), poll);
    for (const { id } of await spares()) await operator.call('DELETE', `/v2.0/octavia/amphorae/${id}`);
    await vi.waitFor(async () => expect(await spares()).toEqual([]), poll);
  });

  it('is taken by a create, which makes no server then, and serves', async () => {
    const { facts } = real();
    const spare = await ready();
    const spared = await create('spared', facts.TEST_VIP_SUBNET, facts.TEST_MEMBER_SUBNET);
    shop = spared.loadBalancer;
    expect((await amphoraOf(shop.id))?.id).toBe(spare);
    expect(spared.steps.map(({ name }) => name)).not.toContain('ComputeCreate');
    await expect.poll(answers, { timeout: 10_000 }).toBe(200);
    const built = await create('built', facts.TEST_VIP_SUBNET, facts.TEST_MEMBER_SUBNET);
    expect(built.steps.map(({ name }) => name)).toContain('ComputeCreate');
    await remove(built.loadBalancer.id);
    console.log(`create with a spare ${spared.duration_ms} ms, without ${built.duration_ms} ms`);
  });

  it('reports its load balancer from its next heartbeats on', async () => {
    const status = async () => (await api.call('GET', `${LOAD_BALANCERS}/${shop.id}`)).body;
    await expect
      .poll(status, { timeout: 4 * HEARTBEAT_INTERVAL * 1000, interval: 250 })
      .toMatchObject({ loadbalancer: { operating_status: 'ONLINE' } });
  });

  it('is taken by the failover of an amphora that died under traffic, and serves', async () => {
    const old = await amphoraOf(shop.id);
    const spare = await ready();
    const client = steadyClient(`http://${shop.vip_address}/`);
    const died = Date.now();
    try {
      await recipe(real().facts, 'crash', String(old?.compute_id));
      await expect.poll(async () => (await amphoraOf(shop.id))?.id, { timeout: 90_000, interval: 250 }).toBe(spare);
      expect(await api.settled(shop.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
      await expect.poll(answers, { timeout: 10_000 }).toBe(200);
    } finally {
      await client.stop();
    }
    const { body } = await operator.call('GET', `${LOAD_BALANCERS}/${shop.id}/operations?flow=failover-amphora`);
    const { operations } = z.object({ operations: z.array(z.looseObject({ duration_ms: z.number() })) }).parse(body);
    console.log(
      `failover with a spare ${operations[0]?.duration_ms} ms, all served again ${Date.now() - died} ms after the ` +
        `crash, longest time without an answer ${client.longestGap()} ms`,
    );
    expect(operations).toHaveLength(1);
  });
});
