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

test('traps 5 and 6: a replacement that cannot boot leaves the old amphora and the VIP as they were', async () => {
  const { id, vip } = await bench.created(ACTIVE_STANDBY, (owner) => smallTree(owner, {}));
  const before = await bench.amphorae(id);
  const names = [...bench.leftovers()].sort();
  bench.cloud().faults.failNextServer('No valid host was found.');
  const handle = await bench.worker().failoverAmphora(String(before[0]?.id));
  const operation = await bench.ended(handle);
  expect(operation).toMatchObject({ status: 'FAILED', failed_step: 'AmphoraWait', error_name: 'ComputeBuildError' });
  expect(await statusOf(id)).toBe('ERROR');
  expect(await bench.amphorae(id)).toEqual(before);
  expect([...bench.leftovers()].sort()).toEqual(names);
  expect(bench.cloud().state.ports.has(vip.port_id)).toBe(true);
  await deleted(id);
});

test('trap 3: in ERROR an administrator is refused, a health failover is not, and its success makes all ACTIVE', async () => {
  const { id } = await bench.created({}, (owner) => smallTree(owner, {}));
  const [amphora] = await bench.amphorae(id);
  bench.cloud().faults.failNextServer();
  await bench.ended(await bench.worker().failoverAmphora(String(amphora?.id)));
  await expect(bench.worker().failoverAmphora(String(amphora?.id))).rejects.toMatchObject({
    name: 'ImmutableObjectError',
    provisioningStatus: 'ERROR',
  });
  const { FAILOVERABLE_STATUSES: allowed } = await import('../../lib/models/statuses.ts');
  await (await bench.worker().failoverAmphora(String(amphora?.id), { allowed })).wait();
  const tree = await bench.lib().getTree(id);
  const all = [tree.load_balancer, ...tree.listeners, ...tree.pools, ...tree.members];
  expect(all.map(({ provisioning_status }) => provisioning_status)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
  await deleted(id);
});

test('trap 6: ports of a server that Nova cannot delete are deleted all the same, and the amphora counts as deleted', async () => {
  const { id } = await bench.created();
  const [old] = await bench.amphorae(id);
  bench.cloud().faults.add({ service: 'compute', method: 'DELETE', path: `/servers/${old?.compute_id}$`, status: 403 });
  await (await bench.worker().failoverAmphora(String(old?.id))).wait();
  expect(await statusOf(id)).toBe('ACTIVE');
  expect(bench.leftovers()).not.toContain(`octavia-lb-vrrp-${old?.id}`);
  expect(bench.leftovers()).toContain(`amphora-${old?.id}`);
  bench.cloud().faults.clear();
  const { listResources } = await import('../../lib/repositories/cloud/external-resources.ts');
  const known = await listResources({ loadbalancer_id: id, amphora_id: String(old?.id) });
  expect(known.map(({ name }) => name)).toEqual([`amphora-${old?.id}`]);
  await (await bench.worker().deleteLoadBalancer(id)).wait();
});

test('a port that a failover could not delete goes with its load balancer, and does not keep it', async () => {
  const { id } = await bench.created();
  const [old] = await bench.amphorae(id);
  const path = `/ports/${old?.vrrp_port_id}$`;
  bench.cloud().faults.add({ service: 'network', method: 'DELETE', path, status: 403 });
  await (await bench.worker().failoverAmphora(String(old?.id))).wait();
  expect(bench.leftovers()).toContain(`octavia-lb-vrrp-${old?.id}`);
  bench.cloud().faults.clear();
  await deleted(id);
});
