import { afterEach, expect, test } from 'vitest';
import { smallTree } from '../fixtures/children.ts';
import { requester } from '../fixtures/load-balancer.ts';
import { useBench } from './support/bench.ts';

const bench = useBench();

afterEach(() => bench.cloud().faults.clear());

const basePort = async (id: string) => {
  const [amphora] = await bench.amphorae(id);
  return bench.cloud().state.ports.get(String(amphora?.vrrp_port_id));
};

/** Commits other values of the VIP and runs the flow, as an update of the VIP's policy does. */
const updateVip = async (id: string, change: { readonly qos_policy_id: string | null }): Promise<void> => {
  const { startExecution } = await import('../../lib/executions/executions.ts');
  const { operationHandle } = await import('../../lib/operation-handle.ts');
  const { vip } = (await bench.lib().getTree(id)).load_balancer;
  const request = { flow: 'update-load-balancer' as const, requester };
  const operation = await bench.lib().commitLoadBalancerOperation(id, request, {
    allowed: ['ACTIVE'],
    to: 'PENDING_UPDATE',
    changes: { vip: { ...vip, ...change } },
  });
  await startExecution(operation);
  await operationHandle(operation).wait();
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
  expect(await bench.transitions(handle)).toBe(7);
  expect(await config()).not.toContain('frontend');
  await (await bench.worker().updateLoadBalancer(id, { enabled: true })).wait();
  expect(await config()).toContain('frontend');
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
});

test('traps 9 and 36: a policy goes on the base ports of serving amphorae, and none takes it away', async () => {
  const { id } = await bench.created();
  const { qosPolicyId } = bench.cloud().facts;
  await updateVip(id, { qos_policy_id: qosPolicyId });
  expect(await basePort(id)).toMatchObject({ qos_policy_id: qosPolicyId });
  await updateVip(id, { qos_policy_id: null });
  expect(await basePort(id)).toMatchObject({ qos_policy_id: null });
  await (await bench.worker().deleteLoadBalancer(id)).wait();
});

test('trap 4: a dead amphora does not hold up the update of the other', async () => {
  const { id } = await bench.created({ topology: 'ACTIVE_STANDBY' }, (owner) => smallTree(owner, {}));
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
