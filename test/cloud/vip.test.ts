import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { createPort, deletePort, getPort } from '../../lib/openstack/network/ports/requests.ts';
import { listIngressRules } from '../../lib/openstack/network/security-group-rules/requests.ts';
import {
  createSecurityGroup,
  deleteSecurityGroup,
  listSecurityGroups,
} from '../../lib/openstack/network/security-groups/requests.ts';
import { getSubnet } from '../../lib/openstack/network/subnets/requests.ts';
import type { CloudSession } from '../../lib/openstack/session.ts';
import { unless } from '../helpers/needs.ts';
import { amphoraeOfVip } from './amphora.ts';
import { cloudFacts, type Facts } from './facts.ts';
import { notOfRecipe } from './in-recipe.ts';
import { recipe, trafficAddresses } from './instance.ts';
import { LOAD_BALANCERS, type LoadBalancerApi } from './load-balancer-api.ts';
import { type RealStack, useRealStack } from './real-stack.ts';
import { sessionOf } from './sign-in.ts';
import { get } from './traffic.ts';

const MEMBER = { name: 'violet', address: '10.90.2.44' } as const;
const SOON = { timeout: 30_000, interval: 250 };

const shown = z.object({
  id: z.string(),
  provisioning_status: z.string(),
  vip_address: z.string(),
  vip_network_id: z.string(),
  vip_port_id: z.string(),
  vip_qos_policy_id: z.string().nullable(),
  additional_vips: z.array(z.object({ subnet_id: z.string(), ip_address: z.string(), port_id: z.string() })),
});
type Shown = z.infer<typeof shown>;

const { TEST_VIP_SUBNET_IPV6: ipv6 = '', TEST_QOS_POLICY: policy = '' } = cloudFacts();
const withIpv6 = unless(
  ipv6 === '' || policy === '' ? 'TEST_VIP_SUBNET_IPV6 and TEST_QOS_POLICY are not set' : notOfRecipe,
).describe;

const urlOf = (address: string) => `http://${address.includes(':') ? `[${address}]` : address}/`;
const answeredBy = async (address: string) => (await get(urlOf(address))).member;

/**
 * A member host for the file's time, and the tenant's own sight of the cloud. In the end the load balancers that are
 * noted in `made` go, if they are not gone yet, and after them what `last` takes away.
 */
const useTenant = (real: () => RealStack) => {
  const made: string[] = [];
  const last: (() => Promise<void>)[] = [];
  let opened: { readonly api: LoadBalancerApi; readonly session: CloudSession } | null = null;
  beforeAll(async () => {
    const { as, facts } = real();
    const { OS_CLIENT_CONFIG_FILE: clouds, TEST_TENANT_CLOUD: tenant } = facts;
    opened = { api: await as(tenant), session: sessionOf(clouds, tenant) };
    await recipe(facts, 'add-member-host', MEMBER.name, MEMBER.address, '80');
  });
  afterAll(async () => {
    await recipe(real().facts, 'remove-member-host', MEMBER.name);
    if (opened === null) return;
    for (const id of made) {
      await opened.api.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`);
      await opened.api.settled(id);
    }
    for (const takeAway of last) await takeAway();
    await opened.session.close();
  });
  return () => {
    if (opened === null) throw new Error('The tenant is there from beforeAll on.');
    return { ...opened, made, last };
  };
};

const listener = (facts: Facts) => ({
  protocol: 'HTTP',
  protocol_port: 80,
  default_pool: {
    name: 'violet',
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
    members: [{ address: MEMBER.address, protocol_port: 80, subnet_id: facts.TEST_MEMBER_SUBNET }],
  },
});

withIpv6('a load balancer at an IPv6 address and an IPv4 one', () => {
  const real = useRealStack();
  const tenant = useTenant(real);
  let dual: Shown;
  let group = '';

  const amphora = async () => {
    const management = real().facts.AMP_BOOT_NETWORK_LIST.split(',')[0] ?? '';
    const vip = { address: dual.vip_address, networkId: dual.vip_network_id };
    const [only, ...others] = await amphoraeOfVip(real().session, vip, management);
    if (only === undefined) throw new Error('no port may carry the VIP');
    expect(others).toEqual([]);
    return only;
  };
  /** The VIP port and the base port. */
  const ports = async () =>
    await Promise.all([dual.vip_port_id, (await amphora()).basePortId].map((id) => getPort(real().session, id)));
  const policies = async () => (await ports()).map(({ qos_policy_id }) => qos_policy_id ?? null);
  const addresses = () => [dual.vip_address, ...dual.additional_vips.map(({ ip_address }) => ip_address)];
  const settled = async () => {
    expect(await tenant().api.settled(dual.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  };

  beforeAll(async () => {
    group = await createSecurityGroup(tenant().session, 'shop window');
    tenant().last.push(() => deleteSecurityGroup(tenant().session, group));
  });

  it('is created by the openstack command with an additional VIP and a QoS policy', async () => {
    const { cliAs, facts } = real();
    const cli = await cliAs(facts.TEST_TENANT_CLOUD);
    const vips = ['--vip-subnet-id', ipv6, '--additional-vip', `subnet-id=${facts.TEST_VIP_SUBNET}`];
    const words = ['--name', 'dual', ...vips, '--vip-qos-policy-id', policy, '--wait'];
    const { id } = await cli.json(z.object({ id: z.string() }), 'loadbalancer', 'create', ...words);
    tenant().made.push(id);
    const { body } = await tenant().api.call('GET', `${LOAD_BALANCERS}/${id}`);
    dual = z.object({ loadbalancer: shown }).parse(body).loadbalancer;
    expect(dual).toMatchObject({
      provisioning_status: 'ACTIVE',
      vip_address: expect.stringContaining('fd00:90:1::'),
      vip_qos_policy_id: policy,
      additional_vips: [{ ip_address: expect.stringContaining('10.90.1.'), port_id: dual.vip_port_id }],
    });
  });

  it('has both addresses on its port, in the allowed pairs of the base port, and inside the amphora', async () => {
    const [vip, base] = await ports();
    expect(vip?.fixed_ips.map(({ ip_address }) => ip_address)).toEqual(expect.arrayContaining(addresses()));
    expect(base?.allowed_address_pairs.map(({ ip_address }) => ip_address).sort()).toEqual(addresses().sort());
    const inside = await trafficAddresses(real().facts, (await amphora()).serverId, 'eth1');
    expect(inside).toEqual(expect.arrayContaining(addresses()));
  });

  it('answers over IPv6 and over IPv4', async () => {
    const { default_pool: pool, ...fields } = listener(real().facts);
    const { members, ...poolFields } = pool;
    const make = async (path: string, wrapper: string, wanted: object): Promise<string> => {
      const { status, body } = await tenant().api.call('POST', `/v2.0/lbaas${path}`, { [wrapper]: wanted });
      expect(status, JSON.stringify(body)).toBe(201);
      return z.object({ id: z.string() }).parse(z.record(z.string(), z.unknown()).parse(body)[wrapper]).id;
    };
    const listenerId = await make('/listeners', 'listener', { loadbalancer_id: dual.id, ...fields });
    const poolId = await make('/pools', 'pool', { listener_id: listenerId, ...poolFields });
    for (const member of members) await make(`/pools/${poolId}/members`, 'member', member);
    await settled();
    for (const address of addresses()) await expect.poll(() => answeredBy(address), SOON).toBe(MEMBER.name);
  });

  it('loses its QoS policy and gets it back by the openstack command', async () => {
    expect(await policies()).toEqual([policy, policy]);
    const { cliAs, facts } = real();
    const cli = await cliAs(facts.TEST_TENANT_CLOUD);
    await cli.run('loadbalancer', 'unset', 'dual', '--vip-qos-policy-id', '--wait');
    expect(await policies()).toEqual([null, null]);
    await cli.run('loadbalancer', 'set', 'dual', '--vip-qos-policy-id', policy, '--wait');
    expect(await policies()).toEqual([policy, policy]);
  });

  it('has the tenant’s security group on its ports instead of rules for its listeners', async () => {
    const { api } = tenant();
    const put = (vip_sg_ids: readonly string[] | null) =>
      api.call('PUT', `${LOAD_BALANCERS}/${dual.id}`, { loadbalancer: { vip_sg_ids } });
    const [ours] = await listSecurityGroups(real().session, `lb-${dual.id}`, null);
    const groups = async () => (await ports()).map(({ security_groups }) => [...security_groups].sort());
    const rules = async () =>
      (await listIngressRules(real().session, [ours?.id ?? ''])).map(
        (rule) => `${rule.ethertype} ${rule.port_range_min}`,
      );
    expect((await rules()).sort()).toEqual(['IPv4 80', 'IPv6 80']);
    const unknown = await put(['00000000-0000-4000-8000-000000000000']);
    expect(unknown.status, JSON.stringify(unknown.body)).toBe(400);
    expect((await put([group])).status).toBe(200);
    await settled();
    const both = [ours?.id, group].sort();
    expect([await groups(), await rules()]).toEqual([[both, both], []]);
    expect((await put(null)).status).toBe(200);
    await settled();
    expect([await groups(), (await rules()).sort()]).toEqual([
      [[ours?.id], [ours?.id]],
      ['IPv4 80', 'IPv6 80'],
    ]);
    expect((await put([group])).status).toBe(200);
    await settled();
  });

  it('is failed over with all of that, and answers again at both addresses', async () => {
    const before = await amphora();
    const operator = await real().as('admin');
    expect((await operator.call('PUT', `${LOAD_BALANCERS}/${dual.id}/failover`)).status).toBe(202);
    await settled();
    expect((await amphora()).id).not.toBe(before.id);
    for (const address of addresses()) await expect.poll(() => answeredBy(address), SOON).toBe(MEMBER.name);
    expect(await policies()).toEqual([policy, policy]);
    for (const { security_groups } of await ports()) expect(security_groups).toContain(group);
  });

  it('is deleted, and the tenant’s group stays', async () => {
    await tenant().api.call('DELETE', `${LOAD_BALANCERS}/${dual.id}?cascade=true`);
    expect(await tenant().api.settled(dual.id)).toBeNull();
    expect(await listSecurityGroups(real().session, 'shop window', null)).toEqual([{ id: group, name: 'shop window' }]);
  });
});

withIpv6('two amphorae at the tenant’s own port, with IPv4 and IPv6', () => {
  const real = useRealStack({ LOADBALANCER_TOPOLOGY: 'ACTIVE_STANDBY' });
  const tenant = useTenant(real);
  const amphorae = z.object({ amphorae: z.array(z.object({ compute_id: z.string() })) });
  let port: Awaited<ReturnType<typeof createPort>>;
  let pair: Shown;

  beforeAll(async () => {
    const { session, last } = tenant();
    const ipv4 = real().facts.TEST_VIP_SUBNET;
    const { network_id } = await getSubnet(session, ipv4);
    port = await createPort(session, {
      name: 'my address',
      network_id,
      fixed_ips: [ipv4, ipv6].map((subnet_id) => ({ subnet_id })),
    });
    last.push(() => deletePort(session, port.id));
  });

  it('answer at both addresses of the port', async () => {
    const { api, made } = tenant();
    const { facts } = real();
    const created = await api.create({
      name: 'pair',
      vip_port_id: port.id,
      vip_subnet_id: facts.TEST_VIP_SUBNET,
      additional_vips: [{ subnet_id: ipv6 }],
      listeners: [listener(facts)],
    });
    pair = shown.parse(created);
    made.push(pair.id);
    expect(await api.settled(pair.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    const addresses = [pair.vip_address, ...pair.additional_vips.map(({ ip_address }) => ip_address)];
    expect(addresses.toSorted()).toEqual(port.fixed_ips.map(({ ip_address }) => ip_address).sort());
    for (const address of addresses) await expect.poll(() => answeredBy(address), SOON).toBe(MEMBER.name);
  });

  it('go on answering at both when the one that has them dies', async () => {
    const wanted = port.fixed_ips.map(({ ip_address }) => ip_address);
    const operator = await real().as('admin');
    const { body } = await operator.call('GET', `/v2.0/octavia/amphorae?loadbalancer_id=${pair.id}`);
    const servers = amphorae.parse(body).amphorae.map(({ compute_id }) => compute_id);
    const held = async (server: string) => {
      const inside = await trafficAddresses(real().facts, server, 'eth1');
      return wanted.filter((address) => inside.includes(address)).length;
    };
    const holding = await Promise.all(servers.map(held));
    expect(holding.toSorted()).toEqual([0, 2]);
    await recipe(real().facts, 'crash', servers[holding.indexOf(2)] ?? '');
    for (const address of wanted) {
      await expect.poll(() => answeredBy(address).catch(() => null), SOON).toBe(MEMBER.name);
    }
    expect(await held(servers[holding.indexOf(0)] ?? '')).toBe(2);
  });

  it('leave the port to the tenant as it was', async () => {
    await tenant().api.call('DELETE', `${LOAD_BALANCERS}/${pair.id}?cascade=true`);
    expect(await tenant().api.settled(pair.id)).toBeNull();
    const { security_groups, fixed_ips, device_id } = await getPort(tenant().session, port.id);
    expect({ security_groups, fixed_ips, device_id }).toEqual({
      security_groups: port.security_groups,
      fixed_ips: port.fixed_ips,
      device_id: '',
    });
  });
});
