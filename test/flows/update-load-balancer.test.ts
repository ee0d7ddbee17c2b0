import { afterEach, expect, test } from 'vitest';
import type { Vip } from '../../lib/models/objects/load-balancer.ts';
import { smallTree } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';

const bench = useBench();
const ACTIVE_STANDBY = { topology: 'ACTIVE_STANDBY' } as const;

afterEach(() => bench.cloud().faults.clear());

const vipPort = ({ port_id }: Vip) => bench.cloud().state.ports.get(port_id);

const basePort = async (id: string) => {
  const [amphora] = await bench.amphorae(id);
  return bench.cloud().state.ports.get(String(amphora?.vrrp_port_id));
};

test('a disabled load balancer has no frontend any more, and comes back', async () => {
  const { id } = await bench.created({}, (owner) => smallTree(owner, { ip_address: '127.0.0.9' }));
  const config = async () => {
    const [amphora] = await bench.amphorae(id);
    if (amphora === undefined) throw new Error('there is no amphora');
    return await bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), id);
  };
  const handle = await bench.worker().updateLoadBalancer(id, { enabled: false });
  await handle.wait();
  expect(await bench.transitions(handle)).toBe(9);
  expect(await config()).not.toContain('frontend');
  await (await bench.worker().updateLoadBalancer(id, { enabled: true })).wait();
  expect(await config()).toContain('frontend');
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('traps 9 and 36: a policy goes on the VIP port and the base ports of serving amphorae, and null takes it away', async () => {
  const { id, vip } = await bench.created();
  const { qosPolicyId } = bench.cloud().facts;
  const policies = async () => [await basePort(id), vipPort(vip)].map((port) => port?.qos_policy_id);
  await (await bench.worker().updateLoadBalancer(id, { vip: { qos_policy_id: qosPolicyId } })).wait();
  expect(await policies()).toEqual([qosPolicyId, qosPolicyId]);
  await (await bench.worker().updateLoadBalancer(id, { vip: { qos_policy_id: null } })).wait();
  expect(await policies()).toEqual([null, null]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
});

test('the tenant’s groups are on all ports instead of rules for listeners, and on those of a replacement', async () => {
  const { id, vip } = await bench.created(ACTIVE_STANDBY, (owner) => smallTree(owner, {}));
  const { managementSecurityGroupId: theirs, qosPolicyId } = bench.cloud().facts;
  const groups = async () => {
    const basePorts = await bench.amphorae(id);
    const ids = [vip.port_id, ...basePorts.map(({ vrrp_port_id }) => String(vrrp_port_id))];
    return ids.map((portId) => bench.cloud().state.ports.get(portId)?.security_groups);
  };
  const ours = (await bench.lib().getTree(id)).load_balancer.security_group_id;
  const listenerRules = () =>
    [...bench.cloud().state.securityGroupRules.values()].filter(
      ({ security_group_id, port_range_min }) => security_group_id === ours && port_range_min === 80,
    );
  expect([await groups(), listenerRules()]).toEqual([[[ours], [ours], [ours]], [expect.anything()]]);

  const protection = { sg_ids: [theirs], qos_policy_id: qosPolicyId };
  await (await bench.worker().updateLoadBalancer(id, { vip: protection })).wait();
  expect([await groups(), listenerRules()]).toEqual([Array(3).fill([ours, theirs]), []]);

  const before = await bench.amphorae(id);
  await (await bench.worker().failoverLoadBalancer(id)).wait();
  const after = await bench.amphorae(id);
  expect(after.filter((amphora) => before.some((old) => old.id === amphora.id))).toEqual([]);
  expect(await groups()).toEqual(Array(3).fill([ours, theirs]));
  for (const { vrrp_port_id } of after) {
    expect(bench.cloud().state.ports.get(String(vrrp_port_id))?.qos_policy_id).toBe(qosPolicyId);
  }

  await (await bench.worker().updateLoadBalancer(id, { vip: { sg_ids: [] } })).wait();
  expect([await groups(), listenerRules()]).toEqual([Array(3).fill([ours]), [expect.anything()]]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('an update whose steps are done and not answered comes out the same', async () => {
  const { id, vip } = await bench.created();
  const { managementSecurityGroupId: theirs, qosPolicyId } = bench.cloud().facts;
  const ours = (await bench.lib().getTree(id)).load_balancer.security_group_id;
  bench.cloud().faults.add({ service: 'network', method: 'PUT', path: '/ports/', drop: 'after', times: 3 });
  const change = { vip: { sg_ids: [theirs], qos_policy_id: qosPolicyId } };
  await (await bench.worker().updateLoadBalancer(id, change)).wait();
  const expected = { security_groups: [ours, theirs], qos_policy_id: qosPolicyId };
  expect([await basePort(id), vipPort(vip)]).toMatchObject([expected, expected]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('an update that fails half-way is in ERROR with the reason, and a failover completes it', async () => {
  const { id, vip } = await bench.created();
  const { managementSecurityGroupId: theirs, qosPolicyId } = bench.cloud().facts;
  const ours = (await bench.lib().getTree(id)).load_balancer.security_group_id;
  // Both ports get the groups, and neither the policy.
  bench.cloud().faults.add({ service: 'network', method: 'PUT', path: '/ports/', delayMs: 0, times: 2 });
  bench.cloud().faults.add({ service: 'network', method: 'PUT', path: '/ports/', status: 400 });
  const change = { vip: { sg_ids: [theirs], qos_policy_id: qosPolicyId } };
  const operation = await bench.ended(await bench.worker().updateLoadBalancer(id, change));
  expect(operation).toMatchObject({ status: 'FAILED', failed_step: 'ApplyQos' });
  expect((await bench.lib().getTree(id)).load_balancer.provisioning_status).toBe('ERROR');
  bench.cloud().faults.clear();
  await (await bench.worker().failoverLoadBalancer(id)).wait();
  const expected = { security_groups: [ours, theirs], qos_policy_id: qosPolicyId };
  expect([await basePort(id), vipPort(vip)]).toMatchObject([expected, expected]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('trap 4: a dead amphora does not hold up the update of the other', async () => {
  const { id } = await bench.created(ACTIVE_STANDBY, (owner) => smallTree(owner, {}));
  const [dead] = await bench.amphorae(id);
  await bench.crash(dead);
  await (await bench.worker().updateLoadBalancer(id, { enabled: false })).wait();
  expect((await bench.lib().getTree(id)).load_balancer).toMatchObject({
    provisioning_status: 'ACTIVE',
    enabled: false,
  });
  await (await bench.worker().deleteLoadBalancer(id)).wait();
});

test('when no amphora can be reached the load balancer is in ERROR with the reason', async () => {
  const { id } = await bench.created({}, (owner) => smallTree(owner, {}));
  const [dead] = await bench.amphorae(id);
  await bench.crash(dead);
  const operation = await bench.ended(await bench.worker().updateLoadBalancer(id, { enabled: false }));
  expect(operation).toMatchObject({ status: 'FAILED', error_name: 'AmphoraUnreachableError' });
  expect((await bench.lib().getTree(id)).load_balancer.provisioning_status).toBe('ERROR');
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});
