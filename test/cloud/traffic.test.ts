import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { listIngressRules } from '../../lib/openstack/network/security-group-rules/requests.ts';
import { listSecurityGroups } from '../../lib/openstack/network/security-groups/requests.ts';
import type { CloudSession } from '../../lib/openstack/session.ts';
import { inRecipe } from './in-recipe.ts';
import { recipe } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { type RealStack, useRealStack } from './real-stack.ts';
import { sessionOf } from './sign-in.ts';
import { certificate, forgetSecret, get, getOverTls, keepSecret, shares, steadyClient } from './traffic.ts';

const LBAAS = '/v2.0/lbaas';
const ADMIN_CLOUD = 'admin';
const HOSTS = { red: '10.90.2.41', green: '10.90.2.42', blue: '10.90.2.43' } as const;
type Host = keyof typeof HOSTS;

const named = z.object({ id: z.string(), name: z.string() });
const graph = z.object({
  id: z.string(),
  vip_address: z.string(),
  listeners: z.array(z.looseObject({ ...named.shape, l7policies: z.array(named) })),
  pools: z.array(z.looseObject({ ...named.shape, members: z.array(named) })),
});
type Graph = z.infer<typeof graph>;
const object = z.looseObject({ id: z.string(), provisioning_status: z.string() });

const addHost = (facts: RealStack['facts'], host: Host) => recipe(facts, 'add-member-host', host, HOSTS[host], '80');
const removeHost = (facts: RealStack['facts'], host: Host) => recipe(facts, 'remove-member-host', host);

/** For what comes true after a moment. */
const SOON = { timeout: 30_000, interval: 250 };
/** A host that comes back has another MAC address: an amphora may believe in the old one for up to a minute. */
const LATER = { timeout: 90_000, interval: 250 };
const monitor = { type: 'HTTP', url_path: '/health', delay: 1, timeout: 1, max_retries: 1, max_retries_down: 1 };

/** Member hosts before the first test, and after the last one neither these nor the load balancers made here. */
const useTraffic = (real: () => RealStack) => {
  const made: string[] = [];
  let tenant: LoadBalancerApi | null = null;
  const api = () => {
    if (tenant === null) throw new Error('The tenant signs in before the first test.');
    return tenant;
  };
  beforeAll(async () => {
    const { as, facts } = real();
    tenant = await as(facts.TEST_TENANT_CLOUD);
    for (const host of ['red', 'green', 'blue'] as const) await addHost(facts, host);
  });
  afterAll(async () => {
    try {
      for (const id of made) {
        expect((await api().call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`)).status).toBe(204);
        expect(await api().settled(id)).toBeNull();
      }
    } finally {
      for (const host of ['red', 'green', 'blue'] as const) await removeHost(real().facts, host);
    }
  });
  return {
    api,
    /** One POST with everything below it, until all of it is ACTIVE. */
    async create(fields: Readonly<Record<string, unknown>>): Promise<Graph> {
      const vip_subnet_id = real().facts.TEST_VIP_SUBNET;
      const created = await api().create({ vip_subnet_id, ...fields });
      made.push(created.id);
      expect(await api().settled(created.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
      return graph.parse(created);
    },
    /** A change below a load balancer; answers the object as it is when the change is done. */
    async change(
      loadBalancerId: string,
      method: 'POST' | 'PUT' | 'DELETE',
      path: string,
      body?: Readonly<Record<string, unknown>>,
    ) {
      const answer = await api().call(method, `${LBAAS}${path}`, body);
      expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
      expect(await api().settled(loadBalancerId)).toMatchObject({ provisioning_status: 'ACTIVE' });
      return answer.body === null
        ? null
        : object.parse(Object.values(z.record(z.string(), z.unknown()).parse(answer.body))[0]);
    },
  };
};

inRecipe.describe('traffic through a load balancer on a real cloud', () => {
  const real = useRealStack();
  const { api, create, change } = useTraffic(real);
  let tenantSession: CloudSession;
  let secret: string | null = null;
  let shop: Graph;

  const member = (name: Host, fields: Readonly<Record<string, unknown>> = {}) => ({
    name,
    address: HOSTS[name],
    protocol_port: 80,
    subnet_id: real().facts.TEST_MEMBER_SUBNET,
    ...fields,
  });
  const pool = (name: string, members: readonly object[], fields: Readonly<Record<string, unknown>> = {}) => ({
    name,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    members,
    ...fields,
  });
  const listener = (protocol_port: number, default_pool: object, fields: Readonly<Record<string, unknown>> = {}) => ({
    name: `on ${protocol_port}`,
    protocol: 'HTTP',
    protocol_port,
    default_pool,
    ...fields,
  });
  const url = (port: number, path = '/') => `http://${shop.vip_address}:${port}${path}`;
  const memberPath = (poolName: string, host: Host): string => {
    const found = shop.pools.find(({ name }) => name === poolName);
    const foundMember = found?.members.find(({ name }) => name === host);
    if (found === undefined || foundMember === undefined) throw new Error(`no ${host} in ${poolName}`);
    return `/pools/${found.id}/members/${foundMember.id}`;
  };

  beforeAll(async () => {
    const { facts } = real();
    tenantSession = sessionOf(facts.OS_CLIENT_CONFIG_FILE, facts.TEST_TENANT_CLOUD);
    secret = await keepSecret(tenantSession, certificate('modern.p12'));
    const path = (value: string) => [{ type: 'PATH', compare_type: 'STARTS_WITH', value }];
    shop = await create({
      name: 'traffic',
      listeners: [
        listener(80, pool('plain', [member('red'), member('green')]), {
          l7policies: [
            { name: 'private', action: 'REJECT', rules: path('/private') },
            { name: 'moved', action: 'REDIRECT_TO_URL', redirect_url: 'http://new.example.com/', rules: path('/old') },
            {
              name: 'next',
              action: 'REDIRECT_TO_POOL',
              redirect_pool: pool('next', [member('blue')]),
              rules: [{ type: 'HEADER', key: 'X-Version', compare_type: 'EQUAL_TO', value: 'next' }],
            },
          ],
        }),
        listener(81, pool('weighed', [member('red', { weight: 3 }), member('green', { weight: 1 })])),
        listener(82, pool('spared', [member('red'), member('green', { backup: true })], { healthmonitor: monitor })),
        listener(83, pool('watched', [member('red'), member('green')], { healthmonitor: monitor })),
        listener(84, pool('sticky', [member('red'), member('green')], { session_persistence: { type: 'SOURCE_IP' } })),
        listener(85, pool('guarded', [member('blue')]), { allowed_cidrs: ['10.90.1.0/24', '192.0.2.7/32'] }),
        listener(443, pool('secured', [member('blue')]), {
          protocol: 'TERMINATED_HTTPS',
          default_tls_container_ref: secret,
        }),
      ],
    });
  });
  afterAll(async () => {
    try {
      if (secret !== null) await forgetSecret(tenantSession, secret);
    } finally {
      await tenantSession.close();
    }
  });

  it('is shared evenly by two members on another network', async () => {
    await expect.poll(() => shares(url(80), 10), SOON).toEqual({ red: 5, green: 5 });
  });

  it('is shared by weight', async () => {
    await expect.poll(() => shares(url(81), 8), SOON).toEqual({ red: 6, green: 2 });
  });

  it('no longer goes to a drained member, and again when it has a weight', async () => {
    const path = memberPath('weighed', 'red');
    await change(shop.id, 'PUT', path, { member: { weight: 0 } });
    expect(await shares(url(81), 8)).toEqual({ green: 8 });
    await change(shop.id, 'PUT', path, { member: { weight: 1 } });
    expect(await shares(url(81), 8)).toEqual({ red: 4, green: 4 });
  });

  it('goes to every member that is up, and to no backup member', async () => {
    await expect.poll(() => shares(url(82), 6), SOON).toEqual({ red: 6 });
    await expect.poll(() => shares(url(83), 6), SOON).toEqual({ red: 3, green: 3 });
  });

  describe('while a member is dead', () => {
    beforeAll(() => removeHost(real().facts, 'red'));
    afterAll(() => addHost(real().facts, 'red'));

    it('goes to the backup member', async () => {
      await expect.poll(() => shares(url(82), 6), SOON).toEqual({ green: 6 });
    });

    it('goes to the members that the health monitor finds well', async () => {
      await expect.poll(() => shares(url(83), 6), SOON).toEqual({ green: 6 });
    });
  });

  it('comes back to a member that is up again', async () => {
    await expect.poll(() => shares(url(83), 6), LATER).toEqual({ red: 3, green: 3 });
    await expect.poll(() => shares(url(82), 6), SOON).toEqual({ red: 6 });
  });

  it('is refused by path', async () => {
    expect(await get(url(80, '/private/x'))).toMatchObject({ status: 403, member: null });
  });

  it('is sent to another URL by path', async () => {
    expect(await get(url(80, '/old'))).toMatchObject({
      status: 302,
      location: 'http://new.example.com/',
      member: null,
    });
  });

  it('goes to another pool by header', async () => {
    expect(await get(url(80), { 'x-version': 'next' })).toMatchObject({ status: 200, member: 'blue' });
    expect((await get(url(80), { 'x-version': 'last' })).member).not.toBe('blue');
  });

  it('of one source address stays with one member', async () => {
    const answered = await shares(url(84), 10);
    expect(Object.values(answered)).toEqual([10]);
    expect(['red', 'green']).toContain(Object.keys(answered)[0]);
  });

  it('is decrypted with a PKCS#12 bundle of the key manager', async () => {
    const leaf = new X509Certificate(certificate('leaf.pem')).fingerprint256;
    expect(await getOverTls(shop.vip_address, 'www.example.com')).toEqual({ status: 200, certificate: leaf });
  });

  it('is admitted by exactly the rules the listeners ask for', async () => {
    const { session } = real();
    const rules = async () => {
      const [group, ...others] = await listSecurityGroups(session, `lb-${shop.id}`, null);
      expect(others).toEqual([]);
      const ingress = await listIngressRules(session, [group?.id ?? '']);
      return ingress
        .map((rule) => {
          const { protocol, port_range_min: from, port_range_max: to, remote_ip_prefix: source } = rule;
          return `${rule.ethertype} ${protocol} ${from}-${to} ${source ?? 'any'}`;
        })
        .sort();
    };
    const open = [80, 81, 82, 83, 84, 443].map((port) => `IPv4 tcp ${port}-${port} any`);
    const guarded = (...sources: readonly string[]) => sources.map((source) => `IPv4 tcp 85-85 ${source}`);
    expect(await rules()).toEqual([...open, ...guarded('10.90.1.0/24', '192.0.2.7/32')].sort());
    const id = shop.listeners.find(({ name }) => name === 'on 85')?.id ?? '';
    await change(shop.id, 'PUT', `/listeners/${id}`, { listener: { allowed_cidrs: ['10.90.1.0/24'] } });
    expect(await rules()).toEqual([...open, ...guarded('10.90.1.0/24')].sort());
  });

  it('is not harmed by ciphers that haproxy does not know: that listener alone is ERROR', async () => {
    const tls = { default_tls_container_ref: secret, tls_ciphers: 'NO-SUCH-CIPHER' };
    const listener = { loadbalancer_id: shop.id, protocol: 'TERMINATED_HTTPS', protocol_port: 8443, ...tls };
    const refused = await change(shop.id, 'POST', '/listeners', { listener });
    const path = `/listeners/${refused?.id}`;
    const seen = await api().call('GET', `${LBAAS}${path}`);
    expect(seen.body).toMatchObject({ listener: { provisioning_status: 'ERROR' } });
    expect(await shares(url(80), 10)).toEqual({ red: 5, green: 5 });
    await change(shop.id, 'DELETE', path);
    expect(await shares(url(80), 10)).toEqual({ red: 5, green: 5 });
  });
});

const amphorae = z.object({
  amphorae: z.array(z.object({ id: z.string(), compute_id: z.string(), role: z.string(), status: z.string() })),
});

inRecipe.describe('traffic through two amphorae on a real cloud', () => {
  const real = useRealStack({ LOADBALANCER_TOPOLOGY: 'ACTIVE_STANDBY' });
  const { api, create } = useTraffic(real);
  let pair: Graph;
  let operator: LoadBalancerApi;
  let dead = '';
  const url = () => `http://${pair.vip_address}/`;

  const allocated = async () => {
    const { body } = await operator.call('GET', `/v2.0/octavia/amphorae?loadbalancer_id=${pair.id}`);
    return amphorae.parse(body).amphorae.filter(({ status }) => status === 'ALLOCATED');
  };
  const roles = async () => (await allocated()).map(({ role }) => role).sort();
  const ids = async () => (await allocated()).map(({ id }) => id);

  /** What is done while a client sends; answers its longest time without an answer, in milliseconds. */
  const underLoad = async (what: string, act: () => Promise<unknown>): Promise<number> => {
    const client = steadyClient(url());
    try {
      await act();
      await expect.poll(async () => (await get(url())).status, SOON).toBe(200);
    } finally {
      await client.stop();
    }
    const gap = client.longestGap();
    console.log(`${what}: longest time without an answer ${gap} ms`);
    return gap;
  };
  const failover = async (path: string) => {
    const answer = await operator.call('PUT', path);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    expect(await api().settled(pair.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  };

  beforeAll(async () => {
    operator = await real().as(ADMIN_CLOUD);
    const subnet_id = real().facts.TEST_MEMBER_SUBNET;
    const members = (['red', 'green'] as const).map((host) => ({ address: HOSTS[host], protocol_port: 80, subnet_id }));
    const default_pool = { name: 'both', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', members };
    pair = await create({ name: 'pair', listeners: [{ protocol: 'HTTP', protocol_port: 80, default_pool }] });
  });

  it('flows when the load balancer is ACTIVE, with a master and a backup', async () => {
    await expect.poll(() => shares(url(), 10), SOON).toEqual({ red: 5, green: 5 });
    expect(await roles()).toEqual(['BACKUP', 'MASTER']);
  });

  it('goes on through the backup when the master dies', async () => {
    const master = (await allocated()).find(({ role }) => role === 'MASTER');
    dead = master?.id ?? '';
    const gap = await underLoad('master dead', () => recipe(real().facts, 'crash', master?.compute_id ?? ''));
    expect(gap).toBeLessThan(10_000);
  });

  it('goes on while an amphora failover replaces the dead one', async () => {
    const living = (await ids()).filter((id) => id !== dead);
    const gap = await underLoad('amphora failover', () => failover(`/v2.0/octavia/amphorae/${dead}/failover`));
    expect(gap).toBeLessThan(10_000);
    expect(await roles()).toEqual(['BACKUP', 'MASTER']);
    expect(await ids()).toEqual(expect.arrayContaining(living));
    expect(await ids()).not.toContain(dead);
  });

  it('goes on while a load balancer failover replaces both', async () => {
    const before = await ids();
    const gap = await underLoad('load balancer failover', () => failover(`${LOAD_BALANCERS}/${pair.id}/failover`));
    expect(gap).toBeLessThan(10_000);
    expect(await roles()).toEqual(['BACKUP', 'MASTER']);
    expect((await ids()).filter((id) => before.includes(id))).toEqual([]);
    await expect.poll(() => shares(url(), 10), SOON).toEqual({ red: 5, green: 5 });
  });
});
