import { afterEach, expect, test } from 'vitest';
import { smallTree } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';

const bench = useBench({
  settings: { NOVA_ENABLE_ANTI_AFFINITY: 'true', NOVA_ANTI_AFFINITY_POLICY: 'soft-anti-affinity' },
});
const ACTIVE_STANDBY = { topology: 'ACTIVE_STANDBY' } as const;

afterEach(() => bench.cloud().faults.clear());

test('a load balancer of one amphora takes 12 transitions and no server group', async () => {
  const { id, handle } = await bench.created();
  expect(await bench.transitions(handle)).toBe(12);
  expect(await bench.amphorae(id)).toMatchObject([{ status: 'ALLOCATED', role: 'STANDALONE', vrrp_priority: null }]);
  expect(bench.cloud().state.serverGroups.size).toBe(0);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('two amphorae take 22 transitions, share a server group, and one of them has the VIP', async () => {
  const { id, vip, handle } = await bench.created(ACTIVE_STANDBY);
  expect(await bench.transitions(handle)).toBe(22);
  const amphorae = await bench.amphorae(id);
  expect(amphorae.map(({ role, vrrp_priority }) => `${role} ${vrrp_priority}`).sort()).toEqual([
    'BACKUP 90',
    'MASTER 100',
  ]);
  expect(amphorae.map(({ vrrp_interface }) => vrrp_interface)).toEqual(['eth1', 'eth1']);
  expect(await bench.holders(id, vip.ip_address)).toEqual([amphorae.find(({ role }) => role === 'MASTER')?.id]);
  const { serverGroups, servers } = bench.cloud().state;
  const [group] = [...serverGroups.values()];
  expect(group?.name).toBe(`octavia-lb-${id}`);
  expect([...servers.values()].map(({ server_group_id }) => server_group_id)).toEqual([group?.id, group?.id]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('the VRRP password is made once and never part of the flow', async () => {
  const { id, handle } = await bench.created(ACTIVE_STANDBY);
  const { vrrp_group } = (await bench.lib().getTree(id)).load_balancer;
  expect(vrrp_group?.vrrp_auth_pass).toMatch(/^[A-Za-z0-9]{7}$/);
  const failover = await bench.worker().failoverLoadBalancer(id);
  await failover.wait();
  const told = JSON.stringify([await bench.history(handle), await bench.history(failover)]);
  expect(told).not.toContain(vrrp_group?.vrrp_auth_pass);
  expect((await bench.lib().getTree(id)).load_balancer.vrrp_group).toEqual(vrrp_group);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
});

test('trap 31: what is created with the load balancer is served at once, on the networks of its members', async () => {
  const { memberSubnetId } = bench.cloud().facts;
  const { id, handle } = await bench.created(ACTIVE_STANDBY, (owner) =>
    smallTree(owner, { subnet_id: memberSubnetId, ip_address: '127.0.0.9' }),
  );
  expect(await bench.transitions(handle)).toBe(26);
  const tree = await bench.lib().getTree(id);
  const children = [...tree.listeners, ...tree.pools, ...tree.members];
  expect(children.map(({ provisioning_status }) => provisioning_status)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
  for (const amphora of tree.amphorae) {
    expect(amphora.member_subnets).toEqual([memberSubnetId]);
    expect(await bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), id)).toContain('127.0.0.9');
  }
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('trap 15: a failed boot of one of two leaves ERROR with the reason, no amphora and nothing in the cloud', async () => {
  const loadBalancer = await bench.draft(ACTIVE_STANDBY);
  bench.cloud().faults.failNextServer('No valid host was found.');
  const operation = await bench.ended(await bench.worker().createLoadBalancer(loadBalancer));
  expect(operation).toMatchObject({ status: 'FAILED', failed_step: 'AmphoraWait', error_name: 'ComputeBuildError' });
  expect(operation.error_message).toContain('No valid host was found.');
  const tree = await bench.lib().getTree(loadBalancer.id);
  expect(tree.load_balancer.provisioning_status).toBe('ERROR');
  expect(tree.amphorae).toEqual([]);
  expect(bench.leftovers()).toEqual([]);
});

test('a load balancer whose creation failed is repaired by a failover', async () => {
  const loadBalancer = await bench.draft(ACTIVE_STANDBY);
  bench.cloud().faults.failNextServer();
  await bench.ended(await bench.worker().createLoadBalancer(loadBalancer, smallTree(loadBalancer, {})));
  await (await bench.worker().failoverLoadBalancer(loadBalancer.id)).wait();
  const tree = await bench.lib().getTree(loadBalancer.id);
  expect(tree.load_balancer.provisioning_status).toBe('ACTIVE');
  expect(tree.listeners.map(({ provisioning_status }) => provisioning_status)).toEqual(['ACTIVE']);
  expect(await bench.holders(loadBalancer.id, loadBalancer.vip.ip_address)).toHaveLength(1);
  await (await bench.worker().deleteLoadBalancer(loadBalancer.id)).wait();
  expect(bench.leftovers()).toEqual([]);
});
