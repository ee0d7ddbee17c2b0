import { afterEach, expect, test } from 'vitest';
import { useBench } from './support/bench.ts';

const bench = useBench();
const ACTIVE_STANDBY = { topology: 'ACTIVE_STANDBY' } as const;

afterEach(() => bench.cloud().faults.clear());

/** Ids of the amphorae whose servers were deleted, in that order. */
const deletionOrder = async (handle: Awaited<ReturnType<ReturnType<typeof bench.worker>['failoverLoadBalancer']>>) =>
  (await bench.ended(handle)).steps.filter(({ name }) => name === 'ComputeDelete').map(({ subject }) => subject);

test('the standby is replaced before the VIP holder, in 51 transitions, and the VIP moves once', async () => {
  const { id, vip } = await bench.created(ACTIVE_STANDBY);
  const before = await bench.amphorae(id);
  const [holder] = await bench.holders(id, vip.ip_address);
  const standby = before.find((amphora) => amphora.id !== holder)?.id;
  const handle = await bench.worker().failoverLoadBalancer(id);
  await handle.wait();
  expect(await deletionOrder(handle)).toEqual([standby, holder]);
  expect(await bench.transitions(handle)).toBe(51);
  const after = await bench.amphorae(id);
  expect(after.map(({ role }) => role).sort()).toEqual(['BACKUP', 'MASTER']);
  expect(after.some((amphora) => before.some((old) => old.id === amphora.id))).toBe(false);
  expect(bench.cloud().state.ports.has(vip.port_id)).toBe(true);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('one amphora is replaced in 21 transitions', async () => {
  const { id } = await bench.created();
  const handle = await bench.worker().failoverLoadBalancer(id);
  await handle.wait();
  expect(await bench.transitions(handle)).toBe(21);
  expect(await bench.amphorae(id)).toMatchObject([{ status: 'ALLOCATED', role: 'STANDALONE' }]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('when the second replacement fails the first one stays, and another failover repairs the load balancer', async () => {
  const { id, vip } = await bench.created(ACTIVE_STANDBY);
  const [holder] = await bench.holders(id, vip.ip_address);
  const { networkDriver } = bench.lib();
  // The first replacement's port is made, the second one's is not.
  bench.cloud().faults.add({ service: 'network', method: 'POST', path: '/ports$', delayMs: 0, times: 1 });
  bench.cloud().faults.add({ service: 'network', method: 'POST', path: '/ports$', status: 409 });
  const operation = await bench.ended(await bench.worker().failoverLoadBalancer(id));
  bench.cloud().faults.clear();
  expect(operation).toMatchObject({ status: 'FAILED', failed_step: 'CreateBasePort' });
  const left = await bench.amphorae(id);
  expect(left).toHaveLength(2);
  expect(left.find((amphora) => amphora.id === holder)).toMatchObject({ status: 'ALLOCATED', role: 'MASTER' });
  expect(left.map(({ role }) => role).sort()).toEqual(['BACKUP', 'MASTER']);
  expect(await networkDriver().getPort(vip.port_id)).toMatchObject({ id: vip.port_id });
  await (await bench.worker().failoverLoadBalancer(id)).wait();
  expect((await bench.lib().getTree(id)).load_balancer.provisioning_status).toBe('ACTIVE');
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('both dead are replaced at once', async () => {
  const { id, vip } = await bench.created(ACTIVE_STANDBY);
  for (const amphora of await bench.amphorae(id)) await bench.crash(amphora);
  await (await bench.worker().failoverLoadBalancer(id)).wait();
  expect(await bench.holders(id, vip.ip_address)).toHaveLength(1);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});
