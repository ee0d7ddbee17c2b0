import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cloudFacts } from './facts.ts';
import { recipe } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';
import { get, steadyClient } from './traffic.ts';

const LBAAS = '/v2.0/lbaas';
/** This machine in the recipe's management network. */
const MANAGEMENT_ADDRESS = '192.168.90.2';
const HOSTS = { red: '10.90.2.46', green: '10.90.2.47' } as const;
const NAMES = ['red', 'green'] as const;

/** Seconds; the default, so that the times are those of a real site. */
const HEARTBEAT_INTERVAL = 10;
/** For what the next heartbeat tells, or the one after it. */
const NEXT_BEATS = { timeout: 2.5 * HEARTBEAT_INTERVAL * 1000, interval: 250 };

const named = z.object({ id: z.string(), name: z.string() });
const graph = z.object({
  id: z.string(),
  vip_address: z.string(),
  pools: z.array(z.looseObject({ id: z.string(), members: z.array(named) })),
});
const statused = z.looseObject({ operating_status: z.string() });
const amphorae = z.object({
  amphorae: z.array(z.object({ id: z.string(), compute_id: z.string(), status: z.string() })),
});
const operations = z.object({
  operations: z.array(z.looseObject({ flow: z.string(), status: z.string(), created_at: z.string() })),
});
const stats = z.object({ stats: z.record(z.string(), z.number()) });

/** Sends one request on a connection of its own; answers how many bytes went and came. */
const exchange = (host: string): Promise<{ readonly sent: number; readonly received: number }> =>
  new Promise((resolve, reject) => {
    const request = `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const socket = createConnection({ host, port: 80, timeout: 5_000 }, () => socket.write(request));
    let received = 0;
    socket.on('data', (data) => {
      received += data.length;
    });
    socket.on('timeout', () => socket.destroy(new Error(`${host} is silent`)));
    socket.on('error', reject);
    socket.on('close', () => resolve({ sent: request.length, received }));
  });

describe.skipIf(cloudFacts().TEST_CLOUD_RECIPE === undefined)('the health of a load balancer on a real cloud', () => {
  const real = useRealStack({
    HEARTBEAT_BIND_IP: MANAGEMENT_ADDRESS,
    HEARTBEAT_BIND_PORT: '5555',
    HEARTBEAT_INTERVAL: String(HEARTBEAT_INTERVAL),
  });
  let api: LoadBalancerApi;
  let operator: LoadBalancerApi;
  let shop: z.infer<typeof graph>;

  const statusOf = async (path: string): Promise<string> => {
    const { body } = await api.call('GET', `${LBAAS}${path}`);
    return statused.parse(Object.values(z.record(z.string(), z.unknown()).parse(body))[0]).operating_status;
  };
  const poolPath = () => `/pools/${shop.pools[0]?.id}`;
  const memberPath = (name: string) =>
    `${poolPath()}/members/${shop.pools[0]?.members.find((member) => member.name === name)?.id}`;
  const seen = async () => ({
    whole: await statusOf(`/loadbalancers/${shop.id}`),
    pool: await statusOf(poolPath()),
    red: await statusOf(memberPath('red')),
    green: await statusOf(memberPath('green')),
  });
  const allocated = async () => {
    const { body } = await operator.call('GET', `/v2.0/octavia/amphorae?loadbalancer_id=${shop.id}`);
    return amphorae.parse(body).amphorae.filter(({ status }) => status === 'ALLOCATED');
  };

  beforeAll(async () => {
    const { as, facts } = real();
    [api, operator] = [await as(facts.TEST_TENANT_CLOUD), await as('admin')];
    for (const name of NAMES) await recipe(facts, 'add-member-host', name, HOSTS[name], '80');
    const members = NAMES.map((name) => ({
      name,
      address: HOSTS[name],
      protocol_port: 80,
      subnet_id: facts.TEST_MEMBER_SUBNET,
    }));
    const healthmonitor = {
      type: 'HTTP',
      url_path: '/health',
      delay: 1,
      timeout: 1,
      max_retries: 1,
      max_retries_down: 1,
    };
    const created = await api.create({
      name: 'watched',
      vip_subnet_id: facts.TEST_VIP_SUBNET,
      listeners: [
        {
          // Of TCP every byte is counted as it went over the wire; HTTP is counted as haproxy has it in its memory.
          protocol: 'TCP',
          protocol_port: 80,
          default_pool: { name: 'both', protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', members, healthmonitor },
        },
      ],
    });
    expect(await api.settled(created.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    shop = graph.parse(created);
  });
  afterAll(async () => {
    try {
      await api.settled(shop.id);
      expect((await api.call('DELETE', `${LOAD_BALANCERS}/${shop.id}?cascade=true`)).status).toBe(204);
      expect(await api.settled(shop.id)).toBeNull();
    } finally {
      for (const name of NAMES) await recipe(real().facts, 'remove-member-host', name);
    }
  });

  it('is ONLINE when the real agent says so, and counts exactly what was sent', async () => {
    await expect.poll(seen, NEXT_BEATS).toEqual({ whole: 'ONLINE', pool: 'ONLINE', red: 'ONLINE', green: 'ONLINE' });
    const answers = [];
    for (let count = 0; count < 10; count++) answers.push(await exchange(shop.vip_address));
    const counted = async () => stats.parse((await api.call('GET', `${LOAD_BALANCERS}/${shop.id}/stats`)).body).stats;
    await expect.poll(counted, NEXT_BEATS).toEqual({
      bytes_in: answers.reduce((sum, { sent }) => sum + sent, 0),
      bytes_out: answers.reduce((sum, { received }) => sum + received, 0),
      active_connections: 0,
      total_connections: answers.length,
      request_errors: 0,
    });
  });

  it('turns ERROR for a member that dies, DEGRADED above it, and comes back with it', async () => {
    await recipe(real().facts, 'remove-member-host', 'red');
    await expect.poll(seen, NEXT_BEATS).toEqual({ whole: 'DEGRADED', pool: 'DEGRADED', red: 'ERROR', green: 'ONLINE' });
    await recipe(real().facts, 'add-member-host', 'red', HOSTS.red, '80');
    await expect.poll(seen, NEXT_BEATS).toEqual({ whole: 'ONLINE', pool: 'ONLINE', red: 'ONLINE', green: 'ONLINE' });
  });

  it('comes back without a hand when its amphora dies under traffic', async () => {
    const [old] = await allocated();
    const client = steadyClient(`http://${shop.vip_address}/`);
    const died = Date.now();
    try {
      await recipe(real().facts, 'crash', old?.compute_id ?? '');
      await expect
        .poll(async () => (await allocated()).filter(({ id }) => id !== old?.id).length, {
          timeout: 90_000,
          interval: 250,
        })
        .toBe(1);
      expect(await api.settled(shop.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
      await expect
        .poll(async () => (await get(`http://${shop.vip_address}/`, {}, 1_000).catch(() => null))?.status, {
          timeout: 10_000,
        })
        .toBe(200);
    } finally {
      await client.stop();
    }
    const replaced = Date.now() - died;
    const { body } = await operator.call('GET', `${LOAD_BALANCERS}/${shop.id}/operations`);
    const [failover] = operations.parse(body).operations;
    expect(failover).toMatchObject({ flow: 'failover-amphora', status: 'SUCCEEDED' });
    const detected = Date.parse(failover?.created_at ?? '') - died;
    console.log(
      `amphora dead: failover began after ${(detected / 1000).toFixed(1)} s, all served again after ` +
        `${(replaced / 1000).toFixed(1)} s, longest time without an answer ${client.longestGap()} ms`,
    );
    // How long a replacement takes is the cloud's; how long nobody notices is not.
    expect(detected).toBeLessThan(40_000);
  });
});
