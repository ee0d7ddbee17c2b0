import { createServer } from 'node:http';
import { request } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Child } from '../../lib/models/objects/child.ts';
import type { NewLoadBalancer } from '../../lib/repositories/locks/commits.ts';
import { vipsOf } from '../../lib/steps/network/plug-facts.ts';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { newListener, newMember, newPool, smallTree } from '../fixtures/children.ts';
import { needs } from '../helpers/needs.ts';
import { tenant } from '../helpers/tenant.ts';
import { useBench } from './support/bench.ts';
import { addSubnet } from './support/subnets.ts';

const bench = useBench();
/** The only IPv6 address of a loopback that can be listened at. */
const LOOPBACK = '::1';

const member = createServer((_, response) => response.end('a member'));
const ports = { member: 0, listener: 0 };
let second = '';
let ipv6 = '';

/** A port without a listener, at this moment. */
const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return z.object({ port: z.number() }).parse(address).port;
};

beforeAll(async () => {
  await new Promise<void>((resolve) => member.listen(0, '127.0.0.1', resolve));
  ports.member = z.object({ port: z.number() }).parse(member.address()).port;
  ports.listener = await freePort();
  const { vipNetworkId, vipCidr } = bench.cloud().facts;
  const block = vipCidr.split('.')[1];
  const [start, end] = [`127.${block}.3.10`, `127.${block}.3.20`];
  second = await addSubnet(bench.cloud(), vipNetworkId, { cidr: `127.${block}.3.0/24`, start, end });
  ipv6 = await addSubnet(bench.cloud(), vipNetworkId, { cidr: '::/127', start: LOOPBACK, end: LOOPBACK });
});
afterAll(() => {
  member.close();
});
afterEach(() => bench.cloud().faults.clear());

const additional = (subnet_id: string, ip_address: string) => {
  const network_id = bench.cloud().facts.vipNetworkId;
  return { subnet_id, ip_address, port_id: '', network_id };
};
const secondAddress = () => `127.${bench.cloud().facts.vipCidr.split('.')[1]}.3.9`;
const further = () => [additional(second, secondAddress()), additional(ipv6, LOOPBACK)];

const served = (owner: NewLoadBalancer): readonly Child[] => {
  const pool = newPool(owner);
  const listener = newListener(owner, { protocol_port: ports.listener, default_pool_id: pool.id });
  return [
    { kind: 'listener', object: listener },
    { kind: 'pool', object: pool },
    { kind: 'member', object: newMember(pool, { ip_address: '127.0.0.1', protocol_port: ports.member }) },
  ];
};

const answerAt = async (address: string): Promise<string> => {
  const host = address.includes(':') ? `[${address}]` : address;
  return await (await request(`http://${host}:${ports.listener}/`, { reset: true })).body.text();
};
const addressesOf = async (id: string) =>
  vipsOf((await bench.lib().getTree(id)).load_balancer).map(({ ip_address }) => ip_address);
const portOf = (portId: string | null) => bench.cloud().state.ports.get(String(portId));

const deleted = async (id: string): Promise<void> => {
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
};

needs('IPv6 loopback').describe('a load balancer with additional VIPs', () => {
  needs('haproxy').it('answers at each of them, before and after a failover', async () => {
    const { id, vip } = await bench.created({ additional_vips: further() }, served);
    const addresses = await addressesOf(id);
    expect(addresses).toEqual([vip.ip_address, secondAddress(), LOOPBACK]);
    const check = async () => {
      const [amphora] = await bench.amphorae(id);
      expect(portOf(vip.port_id)?.fixed_ips.map(({ ip_address }) => ip_address)).toEqual(addresses);
      const base = portOf(String(amphora?.vrrp_port_id));
      expect(base?.allowed_address_pairs.map(({ ip_address }) => ip_address)).toEqual(addresses);
      for (const address of addresses) {
        expect(await bench.holders(id, address)).toEqual([amphora?.id]);
        expect(await answerAt(address)).toBe('a member');
      }
      return amphora?.id;
    };
    const before = await check();
    await (await bench.worker().failoverLoadBalancer(id)).wait();
    expect(await check()).not.toBe(before);
    await deleted(id);
  });

  it('lets both families in at its listeners', async () => {
    const { id } = await bench.created({ additional_vips: further() }, served);
    const group = (await bench.lib().getTree(id)).load_balancer.security_group_id;
    const rules = [...bench.cloud().state.securityGroupRules.values()].filter(
      ({ security_group_id, direction }) => security_group_id === group && direction === 'ingress',
    );
    expect(rules.map(({ ethertype, port_range_min }) => `${ethertype} ${port_range_min}`).sort()).toEqual([
      `IPv4 ${ports.listener}`,
      `IPv6 ${ports.listener}`,
    ]);
    await deleted(id);
  });

  needs('haproxy').it('has all of them at one of its two amphorae, also when that one is replaced', async () => {
    const { id } = await bench.created({ topology: 'ACTIVE_STANDBY', additional_vips: further() }, served);
    const addresses = await addressesOf(id);
    const holder = async () => {
      const holders = await Promise.all(addresses.map((address) => bench.holders(id, address)));
      const [one = [], ...others] = holders;
      expect(one).toHaveLength(1);
      expect(others).toEqual([one, one]);
      return one[0];
    };
    const first = await holder();
    for (const address of addresses) expect(await answerAt(address)).toBe('a member');
    await bench.crash((await bench.amphorae(id)).find((amphora) => amphora.id === first));
    await (await bench.worker().failoverAmphora(String(first))).wait();
    expect(await holder()).not.toBe(first);
    for (const address of addresses) expect(await answerAt(address)).toBe('a member');
    await deleted(id);
  });

  it('reaches members in the subnet of one of them through its base port, which keeps all VIPs', async () => {
    const additional_vips = [additional(second, secondAddress())];
    const { id, vip } = await bench.created({ additional_vips }, (owner) =>
      smallTree(owner, { subnet_id: second, ip_address: '127.0.0.9' }),
    );
    const [amphora] = await bench.amphorae(id);
    expect(amphora?.member_subnets).toEqual([second]);
    const subnets = portOf(String(amphora?.vrrp_port_id))?.fixed_ips.map(({ subnet_id }) => subnet_id);
    expect(subnets?.toSorted()).toEqual([vip.subnet_id, second].sort());
    for (const address of await addressesOf(id)) expect(await bench.holders(id, address)).toEqual([amphora?.id]);
    await deleted(id);
  });

  it('has its port made again with all of them when it is lost', async () => {
    const { id, vip } = await bench.created({ additional_vips: further() });
    const addresses = await addressesOf(id);
    await bench.lib().networkDriver().deletePort(vip.port_id);
    await (await bench.worker().failoverLoadBalancer(id)).wait();
    const { vip: now, additional_vips } = (await bench.lib().getTree(id)).load_balancer;
    expect(portOf(now.port_id)?.fixed_ips.map(({ ip_address }) => ip_address)).toEqual(addresses);
    expect(additional_vips.map(({ port_id }) => port_id)).toEqual([now.port_id, now.port_id]);
    await deleted(id);
  });
});

describe('the API', () => {
  it('chooses addresses for additional VIPs, and shows them where they are', async () => {
    const alice = await tenant(bench.stack());
    const { vipSubnetId } = bench.cloud().facts;
    const created = await alice.create({ vip_subnet_id: vipSubnetId, additional_vips: [{ subnet_id: second }] });
    const { body } = await alice.call('GET', `${LOAD_BALANCERS}/${created.id}`);
    const { loadbalancer: shown } = z
      .object({ loadbalancer: z.looseObject({ vip_port_id: z.string(), additional_vips: z.unknown() }) })
      .parse(body);
    expect(shown.additional_vips).toEqual([
      { subnet_id: second, ip_address: expect.stringMatching(/^127\.\d+\.3\.\d+$/), port_id: shown.vip_port_id },
    ]);
    expect(await alice.settled(created.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
    await alice.call('DELETE', `${LOAD_BALANCERS}/${created.id}`);
    expect(await alice.settled(created.id)).toBeNull();
  });

  it.each([
    ['twice in a subnet', () => [{ subnet_id: second }, { subnet_id: second }], 'Duplicate VIP subnet'],
    [
      'in another network',
      () => [{ subnet_id: bench.cloud().facts.memberSubnetId }],
      'must belong to the same network',
    ],
    ['outside their subnet', () => [{ subnet_id: second, ip_address: '10.0.0.1' }], 'not a valid IP'],
  ])('refuses additional VIPs %s, and leaves no port', async (_, additional_vips, text) => {
    const alice = await tenant(bench.stack());
    const fields = { vip_subnet_id: bench.cloud().facts.vipSubnetId, additional_vips: additional_vips() };
    const { status, body } = await alice.call('POST', LOAD_BALANCERS, { loadbalancer: fields });
    expect([status, body]).toEqual([400, expect.objectContaining({ faultstring: expect.stringContaining(text) })]);
    expect(bench.leftovers()).toEqual([]);
  });
});
