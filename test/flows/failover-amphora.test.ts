import { afterEach, expect, test } from 'vitest';
import { smallTree } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';

const bench = useBench();
const ACTIVE_STANDBY = { topology: 'ACTIVE_STANDBY' } as const;

afterEach(() => bench.cloud().faults.clear());

const statusOf = async (id: string) => (await bench.lib().getTree(id)).load_balancer.provisioning_status;

const deleted = async (id: string): Promise<void> => {
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
};

test('a dead single amphora is replaced in 20 transitions by one that serves the same', async () => {
  const { memberSubnetId } = bench.cloud().facts;
  const { id, vip } = await bench.created({}, (owner) =>
    smallTree(owner, { subnet_id: memberSubnetId, ip_address: '127.0.0.9' }),
  );
  const [old] = await bench.amphorae(id);
  await bench.crash(old);
  const handle = await bench.worker().failoverAmphora(String(old?.id));
  await handle.wait();
  expect(await bench.transitions(handle)).toBe(20);
  const [replacement, ...others] = await bench.amphorae(id);
  expect(others).toEqual([]);
  if (replacement === undefined) throw new Error('there is no replacement');
  expect(replacement).toMatchObject({ status: 'ALLOCATED', role: 'STANDALONE', member_subnets: [memberSubnetId] });
  expect(replacement.id).not.toBe(old?.id);
  expect(await bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(replacement), id)).toContain('127.0.0.9');
  expect(bench.cloud().state.ports.get(vip.port_id)).toMatchObject({ admin_state_up: false });
  await deleted(id);
});

test('trap 20: the survivor keeps the VIP, and the rebuilt MASTER has its role and priority again', async () => {
  const { id, vip } = await bench.created(ACTIVE_STANDBY);
  const old = (await bench.amphorae(id)).find(({ role }) => role === 'MASTER');
  await bench.crash(old);
  const handle = await bench.worker().failoverAmphora(String(old?.id));
  await handle.wait();
  expect(await bench.transitions(handle)).toBe(26);
  const roles = (await bench.amphorae(id)).map(
    ({ role, vrrp_priority, status }) => `${role} ${vrrp_priority} ${status}`,
  );
  expect(roles.sort()).toEqual(['BACKUP 90 ALLOCATED', 'MASTER 100 ALLOCATED']);
  expect(await bench.holders(id, vip.ip_address)).toHaveLength(1);
  await deleted(id);
});

test('trap 2: both amphorae dead are replaced one after the other, and neither holds up the other', async () => {
  const { id, vip } = await bench.created(ACTIVE_STANDBY);
  const dead = await bench.amphorae(id);
  for (const amphora of dead) await bench.crash(amphora);
  for (const amphora of dead) {
    await (await bench.worker().failoverAmphora(amphora.id)).wait();
    expect(await statusOf(id)).toBe('ACTIVE');
  }
  const alive = await bench.amphorae(id);
  expect(alive.map(({ status }) => status)).toEqual(['ALLOCATED', 'ALLOCATED']);
  expect(await bench.holders(id, vip.ip_address)).toHaveLength(1);
  await deleted(id);
});

test('trap 33: a lost VIP port is made again with the same address', async () => {
  const { id, vip } = await bench.created();
  const [amphora] = await bench.amphorae(id);
  await bench.lib().networkDriver().deletePort(vip.port_id);
  await (await bench.worker().failoverAmphora(String(amphora?.id))).wait();
  const { vip: now } = (await bench.lib().getTree(id)).load_balancer;
  expect(now.port_id).not.toBe(vip.port_id);
  expect(bench.cloud().state.ports.get(now.port_id)?.fixed_ips).toMatchObject([{ ip_address: vip.ip_address }]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
});

test('an amphora without a load balancer is deleted', async () => {
  const spare = await bench.worker().createAmphora();
  await spare.wait();
  await (await bench.worker().failoverAmphora(spare.resourceId)).wait();
  await expect(bench.worker().failoverAmphora(spare.resourceId)).rejects.toMatchObject({ name: 'AmphoraNotFound' });
  expect(bench.leftovers()).not.toContain(`amphora-${spare.resourceId}`);
});
