import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { StandInCloud } from '../../../../../local/cloud/cloud.ts';
import { type Answer, type Caller, callerAs, testCloud } from '../helpers.ts';

const portBody = z.object({
  port: z.object({
    id: z.string(),
    mac_address: z.string(),
    fixed_ips: z.array(z.object({ ip_address: z.string(), subnet_id: z.string() })),
  }),
});
const ids = z.object({
  ports: z.array(z.object({ id: z.string() })),
  ports_links: z.array(z.object({ href: z.string() })).optional(),
});
const created = z.object({
  network: z.object({ id: z.string() }).optional(),
  subnet: z.object({ id: z.string() }).optional(),
});

describe('Neutron', () => {
  let cloud: StandInCloud;
  let octavia: Caller;
  let alice: Caller;
  const V = '/network/v2.0';
  const port = (wish: object, caller = octavia): Promise<Answer> => caller('POST', `${V}/ports`, { port: wish });
  const made = async (wish: object, caller = octavia) => portBody.parse((await port(wish, caller)).body).port;
  const fault = (type: string, status: number) => ({
    status,
    body: { NeutronError: { type, message: expect.any(String), detail: '' } },
  });

  beforeAll(async () => {
    cloud = await testCloud();
    octavia = await callerAs(cloud, 'octavia', 'service');
    alice = await callerAs(cloud, 'alice', 'project-a');
  });
  afterAll(() => cloud.stop());

  it("gives addresses in turn, one MAC each, and runs out in Neutron's words", async () => {
    const network = created.parse((await octavia('POST', `${V}/networks`, { network: { name: 'small' } })).body).network
      ?.id;
    const subnet = { network_id: network, cidr: '127.77.0.0/29', gateway_ip: null };
    await octavia('POST', `${V}/subnets`, { subnet });
    const ports = [];
    for (let count = 0; count < 6; count += 1) ports.push(await made({ network_id: network }));
    expect(ports.map(({ fixed_ips }) => fixed_ips[0]?.ip_address)).toEqual(
      [1, 2, 3, 4, 5, 6].map((last) => `127.77.0.${last}`),
    );
    expect(new Set(ports.map(({ mac_address }) => mac_address)).size).toBe(6);
    expect(await port({ network_id: network })).toMatchObject(fault('IpAddressGenerationFailure', 409));
    expect((await octavia('DELETE', `${V}/networks/${network}`)).status).toBe(409);
    await octavia('DELETE', `${V}/ports/${ports[2]?.id}`);
    expect((await made({ network_id: network })).fixed_ips[0]?.ip_address).toBe('127.77.0.3');
  });

  it('refuses what Neutron refuses, and keeps no address of a refused port', async () => {
    const { vipNetworkId: network_id, vipSubnetId: subnet_id, memberSubnetId } = cloud.facts;
    const taken = (await made({ network_id })).fixed_ips[0]?.ip_address;
    const free = `${taken?.split('.').slice(0, 3).join('.')}.200`;
    const wish = (fixed_ips: object[], more: object = {}) => port({ network_id, fixed_ips, ...more });
    expect(
      await wish([
        { subnet_id, ip_address: free },
        { subnet_id, ip_address: taken },
      ]),
    ).toMatchObject(fault('IpAddressAlreadyAllocated', 409));
    expect((await wish([{ subnet_id, ip_address: free }])).status).toBe(201);
    expect(await wish([{ subnet_id, ip_address: '10.0.0.1' }])).toMatchObject(fault('InvalidIpForSubnet', 400));
    expect(await wish([{ ip_address: '10.0.0.1' }])).toMatchObject(fault('InvalidIpForNetwork', 400));
    expect(await wish([{ subnet_id: memberSubnetId }])).toMatchObject(fault('InvalidInput', 400));
    expect(await wish([], { security_groups: ['nope'] })).toMatchObject(fault('SecurityGroupNotFound', 404));
    expect(await wish([], { qos_policy_id: 'nope' })).toMatchObject(fault('QosPolicyNotFound', 404));
    expect(await wish([], { bogus: 1 })).toMatchObject(fault('HTTPBadRequest', 400));
    expect(await port({})).toMatchObject(fault('HTTPBadRequest', 400));
  });

  it('lists by filters and in pages', async () => {
    const first = await made({ network_id: cloud.facts.memberNetworkId, name: 'paged', device_id: 'd1' });
    const others = [1, 2, 3].map((number) =>
      made({ network_id: cloud.facts.memberNetworkId, name: 'paged', device_id: `e${number}` }),
    );
    const all = [first, ...(await Promise.all(others))].map(({ id }) => id).sort();
    const list = async (query: string) => ids.parse((await octavia('GET', `${V}/ports?${query}`)).body);
    const address = first.fixed_ips[0]?.ip_address;
    for (const query of [
      'device_id=d1',
      `id=${first.id}`,
      `fixed_ips=ip_address%3D${address}&network_id=${cloud.facts.memberNetworkId}`,
    ]) {
      expect((await list(query)).ports).toEqual([expect.objectContaining({ id: first.id })]);
    }
    const page = await list('name=paged&limit=3&fields=id');
    expect(page.ports).toEqual(all.slice(0, 3).map((id) => ({ id })));
    const next = new URL(page.ports_links?.[0]?.href ?? '');
    expect(ids.parse((await octavia('GET', `${next.pathname}${next.search}`)).body)).toEqual({
      ports: [{ id: all[3] }],
    });
    expect((await octavia('GET', `${V}/ports?nonsense=1`)).status).toBe(400);
    expect((await octavia('GET', `${V}/ports?limit=3&marker=gone`)).status).toBe(404);
  });

  it('makes many ports at once or none', async () => {
    const wish = { network_id: cloud.facts.memberNetworkId, name: 'bulk' };
    const bulk = (ports: object[]) => octavia('POST', `${V}/ports`, { ports });
    expect((await bulk([wish, { ...wish, network_id: 'nope' }])).status).toBe(404);
    expect((await bulk([wish, wish])).status).toBe(201);
    expect([...cloud.state.ports.values()].filter(({ name }) => name === 'bulk')).toHaveLength(2);
  });

  it('shows a tenant its own things and shared networks, and lets it make ports for itself only', async () => {
    const names = JSON.stringify((await alice('GET', `${V}/networks`)).body);
    expect(names).toContain('vip-net');
    expect(names).not.toContain('lb-mgmt-net');
    const own = await made({ network_id: cloud.facts.vipNetworkId }, alice);
    const foreign = await made({ network_id: cloud.facts.vipNetworkId });
    expect((await alice('GET', `${V}/ports/${own.id}`)).status).toBe(200);
    expect((await alice('GET', `${V}/ports/${foreign.id}`)).status).toBe(404);
    expect(
      (await port({ network_id: cloud.facts.vipNetworkId, project_id: cloud.facts.projects['project-b'] }, alice))
        .status,
    ).toBe(400);
    expect((await alice('GET', `${V}/network-ip-availabilities/${cloud.facts.vipNetworkId}`)).status).toBe(404);
  });

  it('makes rules in bulk or not at all, names duplicates, and keeps a group in use', async () => {
    const group = await octavia('POST', `${V}/security-groups`, { security_group: { name: 'g' } });
    const security_group_id = z.object({ security_group: z.object({ id: z.string() }) }).parse(group.body)
      .security_group.id;
    const rule = (tcp: number) => ({
      security_group_id,
      direction: 'ingress',
      protocol: 'tcp',
      port_range_min: tcp,
      port_range_max: tcp,
    });
    const rules = (list: object[]) => octavia('POST', `${V}/security-group-rules`, { security_group_rules: list });
    const ingress = () =>
      [...cloud.state.securityGroupRules.values()].filter(
        (row) => row.security_group_id === security_group_id && row.direction === 'ingress',
      );
    expect((await rules([rule(80), rule(443)])).status).toBe(201);
    expect(await rules([rule(81), rule(80)])).toMatchObject(fault('SecurityGroupRuleExists', 409));
    expect(ingress()).toHaveLength(2);
    const holder = await made({ network_id: cloud.facts.vipNetworkId, security_groups: [security_group_id] });
    expect(await octavia('DELETE', `${V}/security-groups/${security_group_id}`)).toMatchObject(
      fault('SecurityGroupInUse', 409),
    );
    await octavia('DELETE', `${V}/ports/${holder.id}`);
    expect((await octavia('DELETE', `${V}/security-groups/${security_group_id}`)).status).toBe(204);
    expect(ingress()).toHaveLength(0);
  });

  it('has extensions, quality of service and free addresses', async () => {
    expect((await octavia('GET', `${V}/extensions/allowed-address-pairs`)).status).toBe(200);
    expect((await octavia('GET', `${V}/extensions/nope`)).status).toBe(404);
    expect((await octavia('GET', `${V}/qos/policies/${cloud.facts.qosPolicyId}`)).body).toMatchObject({
      policy: { name: 'bronze' },
    });
    expect((await octavia('GET', `${V}/network-ip-availabilities/${cloud.facts.memberNetworkId}`)).body).toMatchObject({
      network_ip_availability: { subnet_ip_availability: [{ subnet_id: cloud.facts.memberSubnetId, total_ips: 155 }] },
    });
  });
});
