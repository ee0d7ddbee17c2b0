import { createConnection } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { inRecipe } from './in-recipe.ts';
import { recipe } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';
import { allocated, recovery } from './recovery.ts';

const LBAAS = '/v2.0/lbaas';
/** This machine in the recipe's management network. */
const MANAGEMENT_ADDRESS = '192.168.90.2';
const HOSTS = { red: '10.90.2.46', green: '10.90.2.47' } as const;
const NAMES = ['red', 'green'] as const;

/** Seconds; the default, so that the times are those of a real site. */
const HEARTBEAT_INTERVAL = 10;
const HEARTBEATS = {
  HEARTBEAT_BIND_IP: MANAGEMENT_ADDRESS,
  HEARTBEAT_BIND_PORT: '5555',
  HEARTBEAT_INTERVAL: String(HEARTBEAT_INTERVAL),
};
/**
 * Seconds from a crash in which a failover must have begun: the last heartbeat may have gone out just before it. The
 * time of a replacement is the cloud's; the time until it is detected is not.
 */
const DETECTED_S = 32;
/** For what the next heartbeat tells, or the one after it. */
const NEXT_HEARTBEATS = { timeout: 2.5 * HEARTBEAT_INTERVAL * 1000, interval: 250 };

const named = z.object({ id: z.string(), name: z.string() });
const graph = z.object({
  id: z.string(),
  vip_address: z.string(),
  pools: z.array(z.looseObject({ id: z.string(), members: z.array(named) })),
});
const statused = z.looseObject({ operating_status: z.string() });
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
    socket.on('timeout', () => socket.destroy(new Error(`${host} does not answer`)));
    socket.on('error', reject);
    socket.on('close', () => resolve({ sent: request.length, received }));
  });

inRecipe.describe('the health of a load balancer on a real cloud', () => {
  const real = useRealStack(HEARTBEATS);
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
    await expect
      .poll(seen, NEXT_HEARTBEATS)
      .toEqual({ whole: 'ONLINE', pool: 'ONLINE', red: 'ONLINE', green: 'ONLINE' });
    const answers = [];
    for (let count = 0; count < 10; count++) answers.push(await exchange(shop.vip_address));
    const counted = async () => stats.parse((await api.call('GET', `${LOAD_BALANCERS}/${shop.id}/stats`)).body).stats;
    await expect.poll(counted, NEXT_HEARTBEATS).toEqual({
      bytes_in: answers.reduce((sum, { sent }) => sum + sent, 0),
      bytes_out: answers.reduce((sum, { received }) => sum + received, 0),
      active_connections: 0,
      total_connections: answers.length,
      request_errors: 0,
    });
  });

  it('turns ERROR for a member that dies, DEGRADED above it, and comes back with it', async () => {
    await recipe(real().facts, 'remove-member-host', 'red');
    await expect
      .poll(seen, NEXT_HEARTBEATS)
      .toEqual({ whole: 'DEGRADED', pool: 'DEGRADED', red: 'ERROR', green: 'ONLINE' });
    await recipe(real().facts, 'add-member-host', 'red', HOSTS.red, '80');
    await expect
      .poll(seen, NEXT_HEARTBEATS)
      .toEqual({ whole: 'ONLINE', pool: 'ONLINE', red: 'ONLINE', green: 'ONLINE' });
  });

  it('recovers without intervention when its amphora dies under traffic', async () => {
    const parts = { facts: real().facts, api, operator, balancer: shop };
    const dying = (await allocated(parts))[0];
    expect(dying).toMatchObject({ role: 'STANDALONE' });
    const seconds = await recovery('SINGLE', parts, dying?.id ?? '');
    expect(seconds.detected).toBeLessThan(DETECTED_S);
  });
});

inRecipe.describe('the health of two amphorae on a real cloud', () => {
  const real = useRealStack({ ...HEARTBEATS, LOADBALANCER_TOPOLOGY: 'ACTIVE_STANDBY' });

  it('goes on through the backup when the master dies under traffic, and has two again without intervention', async () => {
    const { as, facts } = real();
    const [api, operator] = [await as(facts.TEST_TENANT_CLOUD), await as('admin')];
    await recipe(facts, 'add-member-host', 'red', HOSTS.red, '80');
    try {
      const created = await api.create({
        name: 'watched-pair',
        vip_subnet_id: facts.TEST_VIP_SUBNET,
        listeners: [
          {
            protocol: 'TCP',
            protocol_port: 80,
            default_pool: {
              name: 'red',
              protocol: 'TCP',
              lb_algorithm: 'ROUND_ROBIN',
              members: [{ address: HOSTS.red, protocol_port: 80, subnet_id: facts.TEST_MEMBER_SUBNET }],
            },
          },
        ],
      });
      expect(await api.settled(created.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
      const balancer = graph.parse(created);
      const parts = { facts, api, operator, balancer };
      try {
        const online = async () => (await api.settled(balancer.id))?.operating_status;
        await expect.poll(online, NEXT_HEARTBEATS).toBe('ONLINE');
        const master = (await allocated(parts)).find(({ role }) => role === 'MASTER');
        const seconds = await recovery('ACTIVE_STANDBY', parts, master?.id ?? '');
        expect((await allocated(parts)).map(({ role }) => role).sort()).toEqual(['BACKUP', 'MASTER']);
        await expect.poll(online, NEXT_HEARTBEATS).toBe('ONLINE');
        expect(seconds.silent).toBeLessThan(10);
        expect(seconds.detected).toBeLessThan(DETECTED_S);
      } finally {
        await api.settled(balancer.id);
        expect((await api.call('DELETE', `${LOAD_BALANCERS}/${balancer.id}?cascade=true`)).status).toBe(204);
        expect(await api.settled(balancer.id)).toBeNull();
      }
    } finally {
      await recipe(facts, 'remove-member-host', 'red');
    }
  });
});
