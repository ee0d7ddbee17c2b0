import { afterEach, describe, expect, it } from 'vitest';
import type { Pool } from '../../lib/models/objects/pool.ts';
import { newMember, smallTree } from '../fixtures/children.ts';
import { tenant } from '../helpers/tenant.ts';
import { useBench } from './support/bench.ts';
import { holdNext } from './support/hold-next.ts';

const bench = useBench();
const ACTIVE_STANDBY = { topology: 'ACTIVE_STANDBY' } as const;

afterEach(() => bench.cloud().faults.clear());

/** A load balancer with a listener, a pool and a member. */
const serving = async (changes: Parameters<typeof bench.created>[0] = {}) => {
  const { id, vip } = await bench.created(changes, (owner) => smallTree(owner, {}));
  const [pool] = (await bench.lib().getTree(id)).pools;
  if (pool === undefined) throw new Error('there is no pool');
  return { id, vip, pool };
};

const failsAtPorts = (): void => {
  bench.cloud().faults.add({ service: 'network', method: 'PUT', path: '/ports/', status: 400 });
};

/** One whose VIP should have got a QoS policy, and whose ports did not get it. */
const failedUpdate = async (changes: Parameters<typeof bench.created>[0] = {}) => {
  const made = await serving(changes);
  const { qosPolicyId } = bench.cloud().facts;
  failsAtPorts();
  const update = await bench.worker().updateLoadBalancer(made.id, { vip: { qos_policy_id: qosPolicyId } });
  expect(await bench.ended(update)).toMatchObject({ status: 'FAILED' });
  bench.cloud().faults.clear();
  expect(await statusOf(made.id)).toBe('ERROR');
  return { ...made, qosPolicyId };
};

const statusOf = async (id: string) => (await bench.lib().getTree(id)).load_balancer.provisioning_status;

const memberStatuses = async (id: string): Promise<Readonly<Record<string, string>>> => {
  const { members } = await bench.lib().getTree(id);
  return Object.fromEntries(members.map(({ ip_address, provisioning_status }) => [ip_address, provisioning_status]));
};

const policies = async (id: string): Promise<readonly unknown[]> =>
  (await bench.amphorae(id)).map(
    ({ vrrp_port_id }) => bench.cloud().state.ports.get(String(vrrp_port_id))?.qos_policy_id,
  );

const configsOf = async (id: string): Promise<readonly (string | null)[]> =>
  await Promise.all(
    (await bench.amphorae(id)).map((amphora) =>
      bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), id),
    ),
  );

const add = async (pool: Pool, ip_address: string) =>
  await bench.worker().createMember(newMember(pool, { ip_address, subnet_id: null }));

const deleted = async (id: string): Promise<void> => {
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  expect(bench.leftovers()).toEqual([]);
};

describe('a load balancer in ERROR after an update', () => {
  it('is brought back by a new member, with what the update had left undone', async () => {
    const { id, vip, pool, qosPolicyId } = await failedUpdate(ACTIVE_STANDBY);
    for (const amphora of await bench.amphorae(id)) await bench.lib().amphoraDriver().stopVrrp(bench.agentOf(amphora));
    const holders = () => expect.poll(() => bench.holders(id, vip.ip_address));
    await holders().toEqual([]);
    const operation = await bench.ended(await add(pool, '10.9.9.9'));
    expect(operation).toMatchObject({ flow: 'restore-load-balancer', status: 'SUCCEEDED' });
    expect(await statusOf(id)).toBe('ACTIVE');
    expect(await policies(id)).toEqual([qosPolicyId, qosPolicyId]);
    await holders().toHaveLength(1);
    for (const config of await configsOf(id)) expect(config).toContain('10.9.9.9');
    // From here on changes are what they were.
    expect(await bench.ended(await add(pool, '10.9.9.10'))).toMatchObject({ flow: 'apply-changes' });
    await deleted(id);
  });

  it('is brought back by its own update, also what its amphora is noted to have', async () => {
    const { id, qosPolicyId } = await failedUpdate();
    const [amphora] = await bench.amphorae(id);
    if (amphora === undefined) throw new Error('there is no amphora');
    await bench.lib().amphoraDriver().deleteListener(bench.agentOf(amphora), id);
    const admin = await tenant(bench.stack(), 'admin');
    const path = `/v2.0/lbaas/loadbalancers/${id}?dry_run=true`;
    const dryRun = await admin.call('PUT', path, { loadbalancer: { name: 'again' } });
    expect(dryRun.body).toMatchObject({ dry_run: { operation: { flow: 'restore-load-balancer' } } });
    const handle = await bench.worker().updateLoadBalancer(id, { name: 'again' });
    expect(await bench.ended(handle)).toMatchObject({ flow: 'restore-load-balancer', status: 'SUCCEEDED' });
    expect(await bench.transitions(handle)).toBe(14);
    expect((await bench.lib().getTree(id)).load_balancer).toMatchObject({
      provisioning_status: 'ACTIVE',
      name: 'again',
    });
    expect(await policies(id)).toEqual([qosPolicyId]);
    expect(await configsOf(id)).toEqual([expect.stringContaining('frontend')]);
    await deleted(id);
  });

  it('stays in ERROR with the reason of the change that failed again, and the next one brings both', async () => {
    const { id, pool, qosPolicyId } = await failedUpdate();
    failsAtPorts();
    const failed = await bench.ended(await add(pool, '10.9.9.9'));
    expect(failed).toMatchObject({
      flow: 'restore-load-balancer',
      status: 'FAILED',
      failed_step: 'AllocateVIP',
    });
    expect([await statusOf(id), await memberStatuses(id)]).toEqual([
      'ERROR',
      expect.objectContaining({ '10.9.9.9': 'ERROR' }),
    ]);
    bench.cloud().faults.clear();
    await (await bench.worker().updateLoadBalancer(id, { description: 'third' })).wait();
    expect(await memberStatuses(id)).toMatchObject({ '10.9.9.9': 'ACTIVE' });
    expect([await statusOf(id), await policies(id)]).toEqual(['ACTIVE', [qosPolicyId]]);
    await deleted(id);
  });

  it('stays in ERROR when its amphora does not answer, though nothing below it was to be sent', async () => {
    const { id } = await bench.created();
    failsAtPorts();
    await bench.ended(await bench.worker().updateLoadBalancer(id, { name: 'second' }));
    bench.cloud().faults.clear();
    await bench.crash((await bench.amphorae(id))[0]);
    const failed = await bench.ended(await bench.worker().updateLoadBalancer(id, { name: 'third' }));
    expect(failed).toMatchObject({
      status: 'FAILED',
      failed_step: 'AmphoraWait',
      error_name: 'AmphoraNotReadyError',
    });
    expect(await statusOf(id)).toBe('ERROR');
    await deleted(id);
  });

  it('stays in ERROR when an amphora has lost its port, and a failover makes all of it right', async () => {
    const { id, pool } = await failedUpdate();
    const [amphora] = await bench.amphorae(id);
    await bench.lib().networkDriver().deletePort(String(amphora?.vrrp_port_id));
    expect(await bench.ended(await add(pool, '10.9.9.1'))).toMatchObject({
      status: 'FAILED',
      error_name: 'CloudResourceNotFoundError',
    });
    expect(await statusOf(id)).toBe('ERROR');
    await (await bench.worker().failoverLoadBalancer(id)).wait();
    expect([await statusOf(id), await memberStatuses(id)]).toEqual([
      'ACTIVE',
      expect.objectContaining({ '10.9.9.1': 'ACTIVE' }),
    ]);
    await deleted(id);
  });
});

describe('changes that come in while it is brought back', () => {
  /** Both come before the ports are written; `status` is what that is answered with. */
  const two = async (pool: Pool, answered: { readonly status?: number } = {}) => {
    const held = holdNext(bench.cloud(), { service: 'network', method: 'PUT', path: '/ports/', ...answered });
    const handles = [await add(pool, '10.9.9.1'), await add(pool, '10.9.9.2')];
    await held.letGo();
    return await Promise.all(handles.map((handle) => bench.ended(handle)));
  };

  it('join it', async () => {
    const { id, pool } = await failedUpdate();
    const [first, second] = await two(pool);
    expect([first, second]).toMatchObject([
      { flow: 'restore-load-balancer', status: 'SUCCEEDED', joined_to: null },
      { status: 'SUCCEEDED', joined_to: first?.id },
    ]);
    expect(await memberStatuses(id)).toMatchObject({ '10.9.9.1': 'ACTIVE', '10.9.9.2': 'ACTIVE' });
    expect(await statusOf(id)).toBe('ACTIVE');
    await deleted(id);
  });

  it('fail with it, and are tried again with the next change', async () => {
    const { id, pool } = await failedUpdate();
    const operations = await two(pool, { status: 400 });
    expect(operations).toMatchObject([
      { status: 'FAILED', failed_step: 'AllocateVIP' },
      { status: 'FAILED', failed_step: 'AllocateVIP', joined_to: operations[0]?.id },
    ]);
    expect(await memberStatuses(id)).toMatchObject({ '10.9.9.1': 'ERROR', '10.9.9.2': 'ERROR' });
    expect(await statusOf(id)).toBe('ERROR');
    await (await bench.worker().updatePool(pool.id, { name: 'again' })).wait();
    expect(new Set(Object.values(await memberStatuses(id)))).toEqual(new Set(['ACTIVE']));
    await deleted(id);
  });
});

describe('a load balancer in ERROR after a failover', () => {
  it('is brought back when it has all of its amphorae', async () => {
    const { id, pool } = await serving(ACTIVE_STANDBY);
    bench.cloud().faults.failNextServer();
    await bench.ended(await bench.worker().failoverLoadBalancer(id));
    expect(await statusOf(id)).toBe('ERROR');
    expect(await bench.ended(await add(pool, '10.9.9.9'))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await statusOf(id)).toBe('ACTIVE');
    for (const config of await configsOf(id)) expect(config).toContain('10.9.9.9');
    await deleted(id);
  });
});

describe('a load balancer of which parts may be missing', () => {
  const refusal = (id: string) => ({
    name: 'UnrestorableError',
    message:
      `Load Balancer ${id} is in ERROR and may be there in parts only, since its creation or deletion failed: ` +
      'delete it, or have an operator fail it over.',
  });

  it('takes no change after a creation that failed', async () => {
    const loadBalancer = await bench.draft();
    const { id } = loadBalancer;
    bench.cloud().faults.failNextServer();
    await bench.ended(await bench.worker().createLoadBalancer(loadBalancer, smallTree(loadBalancer, {})));
    const before = await bench.lib().getTree(id);
    expect(before.load_balancer.provisioning_status).toBe('ERROR');
    await expect(bench.worker().updateLoadBalancer(id, { name: 'x' })).rejects.toMatchObject(refusal(id));
    const [listener] = before.listeners;
    await expect(bench.worker().deleteListener(String(listener?.id))).rejects.toMatchObject(refusal(id));
    expect(await bench.lib().getTree(id)).toEqual(before);
    await deleted(id);
  });

  it('takes no change after a deletion that failed, until it was failed over', async () => {
    const { id, pool } = await serving();
    bench.cloud().faults.add({ service: 'compute', method: 'DELETE', path: '/servers/', status: 403 });
    await bench.ended(await bench.worker().deleteLoadBalancer(id));
    bench.cloud().faults.clear();
    expect(await statusOf(id)).toBe('ERROR');
    await expect(add(pool, '10.9.9.9')).rejects.toMatchObject(refusal(id));
    const admin = await tenant(bench.stack(), 'admin');
    const member = { address: '10.9.9.9', protocol_port: 80 };
    const answers = [
      await admin.call('PUT', `/v2.0/lbaas/loadbalancers/${id}`, { loadbalancer: { name: 'x' } }),
      await admin.call('POST', `/v2.0/lbaas/pools/${pool.id}/members`, { member }),
    ];
    const conflict = { status: 409, body: { faultcode: 'Client', faultstring: refusal(id).message } };
    expect(answers).toMatchObject([conflict, conflict]);
    await (await bench.worker().failoverLoadBalancer(id)).wait();
    await (await add(pool, '10.9.9.9')).wait();
    expect([await statusOf(id), await memberStatuses(id)]).toEqual([
      'ACTIVE',
      expect.objectContaining({ '10.9.9.9': 'ACTIVE' }),
    ]);
    await deleted(id);
  });
});

it('an object in ERROR below an ACTIVE load balancer is updated as ever', async () => {
  const { id, pool } = await serving();
  const lost = newMember(pool, { ip_address: '10.9.9.9', subnet_id: '00000000-0000-4000-8000-000000000000' });
  await bench.ended(await bench.worker().createMember(lost));
  expect([await statusOf(id), (await memberStatuses(id))['10.9.9.9']]).toEqual(['ACTIVE', 'ERROR']);
  const update = await bench.ended(await bench.worker().updateMember(lost.id, { weight: 7 }));
  expect(update.flow).toBe('apply-changes');
  await (await bench.worker().deleteMember(lost.id)).wait();
  expect(await statusOf(id)).toBe('ACTIVE');
  await deleted(id);
});
