import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { unless } from '../helpers/needs.ts';
import { amphoraeOfVip } from './amphora.ts';
import { inRecipe } from './in-recipe.ts';
import { recipe } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { useRealStack } from './real-stack.ts';
import { shares } from './traffic.ts';

const HOSTS = { red: '10.90.2.44', green: '10.90.2.45' } as const;
const NAMES = ['red', 'green'] as const;
const PORT = 5300;

const graph = z.object({
  id: z.string(),
  vip_address: z.string(),
  vip_network_id: z.string(),
  listeners: z.array(z.looseObject({ id: z.string(), name: z.string() })),
});

/** Instances of the recipe have the kernel of this machine. */
const noIpvs = existsSync('/proc/net/ip_vs') ? null : 'no IPVS in this kernel (/proc/net/ip_vs): modprobe ip_vs';

/** What answers a datagram, or null when nothing does within a second. */
const ask = (address: string): Promise<string | null> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const done = (answer: string | null) => {
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => done(null), 1_000);
    socket.on('message', (message) => done(message.toString()));
    socket.on('error', reject);
    socket.send('who?', PORT, address);
  });

inRecipe.describe('a UDP listener beside an HTTP listener', () => {
  const real = useRealStack();
  let api: LoadBalancerApi;
  let shop: z.infer<typeof graph>;
  let serverId = '';

  const inAmphora = (...words: readonly string[]) => recipe(real().facts, 'vm/vm-ctl', 'exec', serverId, ...words);
  const configurationFile = () => {
    const listener = shop.listeners.find(({ name }) => name === 'datagrams');
    return `/var/lib/octavia/lvs/octavia-keepalivedlvs-${listener?.id}.conf`;
  };

  beforeAll(async () => {
    const { as, facts, session } = real();
    api = await as(facts.TEST_TENANT_CLOUD);
    for (const name of NAMES) await recipe(facts, 'add-member-host', name, HOSTS[name], '80', `${PORT}/udp`);
    const members = (protocol_port: number) =>
      NAMES.map((name) => ({ address: HOSTS[name], protocol_port, subnet_id: facts.TEST_MEMBER_SUBNET }));
    const created = await api.create({
      name: 'udp',
      vip_subnet_id: facts.TEST_VIP_SUBNET,
      listeners: [
        {
          name: 'datagrams',
          protocol: 'UDP',
          protocol_port: PORT,
          default_pool: {
            name: 'datagrams',
            protocol: 'UDP',
            lb_algorithm: 'ROUND_ROBIN',
            members: members(PORT),
            healthmonitor: { type: 'HTTP', url_path: '/health', delay: 2, timeout: 1, max_retries: 1 },
            session_persistence: {
              type: 'SOURCE_IP',
              persistence_timeout: 30,
              persistence_granularity: '255.255.255.255',
            },
          },
        },
        {
          name: 'web',
          protocol: 'HTTP',
          protocol_port: 80,
          default_pool: { name: 'web', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members: members(80) },
        },
      ],
    });
    shop = graph.parse(created);
    expect(await api.settled(shop.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    const vip = { address: shop.vip_address, networkId: shop.vip_network_id };
    const [amphora] = await amphoraeOfVip(session, vip, facts.AMP_BOOT_NETWORK_LIST.split(',')[0] ?? '');
    serverId = amphora?.serverId ?? '';
  });

  afterAll(async () => {
    try {
      expect((await api.call('DELETE', `${LOAD_BALANCERS}/${shop.id}?cascade=true`)).status).toBe(204);
      expect(await api.settled(shop.id)).toBeNull();
    } finally {
      for (const name of NAMES) await recipe(real().facts, 'remove-member-host', name);
    }
  });

  it('gives keepalived a configuration that it accepts, with every member', async () => {
    const file = configurationFile();
    const text = await inAmphora('cat', file);
    expect(text).toContain(`${shop.vip_address} ${PORT}`);
    for (const name of NAMES) expect(text).toContain(`real_server ${HOSTS[name]} ${PORT}`);
    expect(text).toContain('persistence_timeout 30');
    await inAmphora('ip', 'netns', 'exec', 'amphora-haproxy', 'keepalived', '-t', '-f', file);
  });

  it.each(NAMES)('can reach its member %s over UDP from the amphora', async (name) => {
    const where = ['ip', 'netns', 'exec', 'amphora-haproxy'];
    const answer = await inAmphora(...where, 'sh', '-c', `echo who | socat -t2 - UDP:${HOSTS[name]}:${PORT}`);
    expect(answer).toBe(name);
  });

  it('leaves the HTTP listener its traffic', async () => {
    await expect
      .poll(() => shares(`http://${shop.vip_address}/`, 4), { timeout: 30_000 })
      .toEqual({ red: 2, green: 2 });
  });

  it('follows its members', async () => {
    const listing = await api.call('GET', `/v2.0/lbaas/pools?loadbalancer_id=${shop.id}&name=datagrams`);
    const [pool] = z.object({ pools: z.array(z.object({ id: z.string() })) }).parse(listing.body).pools;
    const members = [
      { address: HOSTS.red, protocol_port: PORT, subnet_id: real().facts.TEST_MEMBER_SUBNET, weight: 3 },
    ];
    expect((await api.call('PUT', `/v2.0/lbaas/pools/${pool?.id}/members`, { members })).status).toBe(202);
    expect(await api.settled(shop.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    const text = await inAmphora('cat', configurationFile());
    expect(text).toMatch(new RegExp(`real_server ${HOSTS.red} ${PORT} \\{\\s+weight 3`));
    expect(text).not.toContain(HOSTS.green);
  });

  unless(noIpvs).it('is answered over UDP by the member that is left', async () => {
    await expect.poll(() => ask(shop.vip_address), { timeout: 30_000 }).toBe('red');
  });
});
