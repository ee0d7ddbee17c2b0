import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LOAD_BALANCERS } from '../cloud/load-balancer-api.ts';
import { newLoadBalancer } from '../fixtures/load-balancer.ts';
import { tenant } from '../helpers/tenant.ts';
import { useBench } from './support/bench.ts';
import { holdNext } from './support/hold-next.ts';
import { addSubnet } from './support/subnets.ts';

const bench = useBench();
const PLUG = { service: 'agent', method: 'POST', path: '/plug/vip' };
let ipv6 = '';

beforeAll(async () => {
  const subnet = { cidr: 'fd00:1::/64', start: 'fd00:1::10', end: 'fd00:1::20' };
  ipv6 = await addSubnet(bench.cloud(), bench.cloud().facts.vipNetworkId, subnet);
});
afterEach(() => bench.cloud().faults.clear());

const shown = z.object({
  id: z.string(),
  vip_address: z.string(),
  vip_port_id: z.string(),
  vip_subnet_id: z.string(),
});

/** POST by alice, ACTIVE in the end. */
const created = async (fields: Readonly<Record<string, unknown>>) => {
  const alice = await tenant(bench.stack());
  const made = shown.parse(await alice.create(fields));
  expect(await alice.settled(made.id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  return made;
};
const deleted = async (id: string): Promise<void> => {
  const alice = await tenant(bench.stack());
  await alice.call('DELETE', `${LOAD_BALANCERS}/${id}?cascade=true`);
  expect(await alice.settled(id)).toBeNull();
  expect(bench.leftovers()).toEqual([]);
};
const basePort = async (id: string) => {
  const [amphora] = await bench.amphorae(id);
  return bench.cloud().state.ports.get(String(amphora?.vrrp_port_id));
};

describe('a VIP', () => {
  it('by network is in the IPv4 subnet, and its amphora beside it', async () => {
    const { vipNetworkId, vipSubnetId } = bench.cloud().facts;
    const { id, vip_subnet_id } = await created({ vip_network_id: vipNetworkId });
    expect([vip_subnet_id, (await basePort(id))?.fixed_ips[0]?.subnet_id]).toEqual([vipSubnetId, vipSubnetId]);
    await deleted(id);
  });

  it('by network and address is in the subnet that has the address, and written as Neutron writes it', async () => {
    const fields = { vip_network_id: bench.cloud().facts.vipNetworkId, vip_address: 'FD00:1:0::AB' };
    const { id, ...vip } = await created(fields);
    expect(vip).toMatchObject({ vip_address: 'fd00:1::ab', vip_subnet_id: ipv6 });
    expect(await bench.holders(id, 'fd00:1::ab')).toHaveLength(1);
    await deleted(id);
  });

  it('by subnet has the address that is asked for, once', async () => {
    const fields = { vip_subnet_id: ipv6, vip_address: 'fd00:1::ac' };
    const { id, vip_address } = await created(fields);
    expect(vip_address).toBe('fd00:1::ac');
    const alice = await tenant(bench.stack());
    const second = await alice.call('POST', LOAD_BALANCERS, { loadbalancer: fields });
    expect(second).toMatchObject({ status: 409, body: { faultstring: expect.stringContaining('already in use') } });
    await deleted(id);
  });

  it('on a port of the tenant is that port, which is as it was afterwards', async () => {
    const { vipNetworkId, vipSubnetId, projects } = bench.cloud().facts;
    const own = await bench
      .lib()
      .networkDriver()
      .createPort({
        name: 'mine',
        networkId: vipNetworkId,
        fixedIps: [{ subnetId: vipSubnetId, ipAddress: null }],
        adminStateUp: true,
        projectId: String(projects['project-a']),
      });
    const portNow = () => bench.cloud().state.ports.get(own.id);
    const { id, vip_port_id, vip_address } = await created({ vip_port_id: own.id });
    expect([vip_port_id, vip_address]).toEqual([own.id, own.fixedIps[0]?.ipAddress]);
    const { security_group_id } = (await bench.lib().getTree(id)).load_balancer;
    expect(portNow()?.security_groups).toEqual([security_group_id]);
    await deleted(id);
    expect(portNow()).toMatchObject({ name: 'mine', admin_state_up: true, security_groups: own.securityGroupIds });
    expect(own.securityGroupIds).toHaveLength(1);
    // It may carry another one now.
    const next = await created({ vip_port_id: own.id });
    expect(next.vip_port_id).toBe(own.id);
    await deleted(next.id);
    await bench.lib().networkDriver().deletePort(own.id);
  });
});

describe('trap 19: a single amphora at an IPv6 VIP', () => {
  it('has its port down before its replacement gets the VIP', async () => {
    const { id, vip_address } = await created({ vip_subnet_id: ipv6 });
    const old = await basePort(id);
    expect(old).toMatchObject({ admin_state_up: true, status: 'ACTIVE' });
    const held = holdNext(bench.cloud(), PLUG);
    const handle = await bench.worker().failoverLoadBalancer(id);
    await held.reached();
    expect(old).toMatchObject({ admin_state_up: false, status: 'DOWN' });
    expect(await bench.amphorae(id)).toHaveLength(2);
    await held.letGo();
    await handle.wait();
    const [replacement, ...others] = await bench.amphorae(id);
    expect(others).toEqual([]);
    expect(await bench.holders(id, vip_address)).toEqual([replacement?.id]);
    expect(await basePort(id)).toMatchObject({ admin_state_up: true });
    await deleted(id);
  });

  it('has its port up again when the replacement fails', async () => {
    const { id } = await created({ vip_subnet_id: ipv6 });
    const old = await basePort(id);
    bench.cloud().faults.add({ ...PLUG, delayMs: 400, status: 500 });
    const failing = await bench.worker().failoverLoadBalancer(id);
    await expect.poll(() => old).toMatchObject({ admin_state_up: false });
    expect(await bench.ended(failing)).toMatchObject({ status: 'FAILED', failed_step: 'PlugVIPAmphora' });
    expect(old).toMatchObject({ admin_state_up: true, status: 'ACTIVE' });
    bench.cloud().faults.clear();
    // As if the undo had not come through.
    await bench.lib().networkDriver().updatePort(String(old?.id), { adminStateUp: false });
    await (await bench.worker().updateLoadBalancer(id, { name: 'brought back' })).wait();
    expect(old).toMatchObject({ admin_state_up: true, status: 'ACTIVE' });
    await deleted(id);
  });

  it('of IPv4 stays up meanwhile', async () => {
    const { id } = await created({ vip_subnet_id: bench.cloud().facts.vipSubnetId });
    const old = await basePort(id);
    const held = holdNext(bench.cloud(), PLUG);
    const handle = await bench.worker().failoverLoadBalancer(id);
    await held.reached();
    expect(await bench.amphorae(id)).toHaveLength(2);
    expect(old).toMatchObject({ admin_state_up: true });
    await held.letGo();
    await handle.wait();
    expect(old).toMatchObject({ admin_state_up: true });
    await deleted(id);
  });
});

describe('two amphorae at an IPv6 VIP', () => {
  it('know each other by their IPv6 addresses, and stay up while one replaces the other', async () => {
    const { facts } = bench.cloud();
    const vip = { ...newLoadBalancer().vip, network_id: facts.vipNetworkId, subnet_id: ipv6, ip_address: 'fd00:1::ad' };
    const wish = newLoadBalancer({ topology: 'ACTIVE_STANDBY', project_id: facts.serviceProjectId, vip });
    const { vipPortSpec, networkDriver } = bench.lib();
    const port = await networkDriver().createPort(vipPortSpec(wish));
    const loadBalancer = { ...wish, vip: { ...vip, port_id: port.id } };
    await (await bench.worker().createLoadBalancer(loadBalancer)).wait();
    const { id } = loadBalancer;
    const [one, other] = await bench.amphorae(id);
    expect(await bench.holders(id, vip.ip_address)).toHaveLength(1);
    const group = (await bench.lib().getTree(id)).load_balancer.security_group_id;
    const sources = [...bench.cloud().state.securityGroupRules.values()]
      .filter(({ security_group_id, protocol }) => security_group_id === group && protocol === '112')
      .map(({ ethertype, remote_ip_prefix }) => `${ethertype} ${remote_ip_prefix}`);
    expect(sources.sort()).toEqual([one, other].map((amphora) => `IPv6 ${amphora?.vrrp_ip}/128`).sort());
    const portsUp = () =>
      [one, other].map((amphora) => bench.cloud().state.ports.get(String(amphora?.vrrp_port_id))?.admin_state_up);
    const held = holdNext(bench.cloud(), PLUG);
    const failover = await bench.worker().failoverAmphora(String(one?.id));
    await held.reached();
    expect(await bench.amphorae(id)).toHaveLength(3);
    expect(portsUp()).toEqual([true, true]);
    await held.letGo();
    await failover.wait();
    expect(await bench.holders(id, vip.ip_address)).toHaveLength(1);
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    expect(bench.leftovers()).toEqual([]);
  });
});
