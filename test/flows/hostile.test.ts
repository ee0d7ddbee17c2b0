import { setTimeout as pause } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { smallTree } from '../fixtures/children.ts';
import { tenant } from '../helpers/tenant.ts';
import { WAIT_MS } from '../patience.ts';
import { useBench } from './support/bench.ts';

const CLIENTS = 10;
const MEMBERS = 30;
const PAUSE_MS = 100;

/** Views of executions are at most so late that no sweep takes a running one for lost. */
const bench = useBench({
  hostile: { seed: 13, lagMs: 200 },
  settings: { DISPATCH_GRACE_MS: '500', RECOVERY_GRACE_MS: '1000' },
});

/** The sweeps of each minute, which are due more often here. What they refuse to do now, they do the next time. */
let sweeping: NodeJS.Timeout;
beforeAll(() => {
  sweeping = setInterval(() => {
    for (const key of ['DispatchOperations', 'RecoverOperations'])
      bench
        .stack()
        .invoke(key)
        .catch(() => {});
  }, 1_000);
});
afterAll(() => clearInterval(sweeping));

const configs = async (id: string): Promise<readonly string[]> => {
  const texts = (await bench.amphorae(id)).map((amphora) =>
    bench.lib().amphoraDriver().getHaproxyConfig(bench.agentOf(amphora), id),
  );
  return (await Promise.all(texts)).map(String);
};

const statuses = async (id: string): Promise<ReadonlySet<string>> => {
  const { load_balancer, listeners, pools, members } = await bench.lib().getTree(id);
  return new Set([load_balancer, ...listeners, ...pools, ...members].map((one) => one.provisioning_status));
};

test.concurrent.each(['SINGLE', 'ACTIVE_STANDBY'] as const)(
  'a load balancer of topology %s is created, failed over and deleted',
  async (topology) => {
    const { id } = await bench.created({ topology }, (owner) => smallTree(owner, { ip_address: '127.0.0.9' }));
    expect(await statuses(id)).toEqual(new Set(['ACTIVE']));
    const before = await bench.amphorae(id);
    await (await bench.worker().failoverLoadBalancer(id)).wait(WAIT_MS);
    const after = await bench.amphorae(id);
    expect(after).toHaveLength(before.length);
    expect(after.filter((amphora) => before.some((old) => old.id === amphora.id))).toEqual([]);
    expect(await statuses(id)).toEqual(new Set(['ACTIVE']));
    for (const config of await configs(id)) expect(config).toContain('127.0.0.9:');
    await (await bench.worker().deleteLoadBalancer(id)).wait(WAIT_MS);
  },
);

const listed = z.object({ pools: z.array(z.object({ id: z.string() })) });
const shown = z.object({ members: z.array(z.object({ address: z.string(), provisioning_status: z.string() })) });

test.concurrent('every one of a crowd of members is accepted and served, and a change of none is lost', async () => {
  const alice = await tenant(bench.stack());
  const pool = { name: 'crowd', protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
  const listeners = [{ protocol: 'HTTP', protocol_port: 80, default_pool: pool }];
  const vip_subnet_id = bench.cloud().facts.vipSubnetId;
  const { id } = await alice.create({ name: 'crowd', vip_subnet_id, listeners });
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  const [{ id: poolId } = { id: '' }] = listed.parse((await alice.call('GET', `/v2.0/lbaas/pools`)).body).pools;
  const path = `/v2.0/lbaas/pools/${poolId}/members`;
  const addresses = Array.from({ length: MEMBERS }, (_none, index) => `127.0.1.${index + 1}`);
  const left = [...addresses];
  /** As a client does that is asked to try again: with the same key, so that nothing is made twice. */
  const insist = async (address: string): Promise<void> => {
    const key = { 'x-idempotency-key': crypto.randomUUID() };
    for (const end = Date.now() + WAIT_MS; ; await pause(PAUSE_MS)) {
      const { status } = await alice.call('POST', path, { member: { address, protocol_port: 8080 } }, key);
      if (status === 201) return;
      // On a busy machine others come first for longer than one request waits.
      expect([409, 503]).toContain(status);
      expect(Date.now()).toBeLessThan(end);
    }
  };
  const client = async (): Promise<void> => {
    for (let address = left.pop(); address !== undefined; address = left.pop()) await insist(address);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  expect(await alice.settled(id)).toMatchObject({ provisioning_status: 'ACTIVE' });
  const { members } = shown.parse((await alice.call('GET', path)).body);
  expect(members.map(({ address }) => address).sort()).toEqual(addresses.toSorted());
  expect(new Set(members.map(({ provisioning_status }) => provisioning_status))).toEqual(new Set(['ACTIVE']));
  for (const config of await configs(id)) for (const address of addresses) expect(config).toContain(`${address}:8080`);
  await alice.call('DELETE', `/v2.0/lbaas/loadbalancers/${id}?cascade=true`);
  expect(await alice.settled(id)).toBeNull();
});

test.concurrent('an amphora whose alarms come twice and late is replaced once', async ({ expect }) => {
  const { id } = await bench.created({ topology: 'ACTIVE_STANDBY' });
  const [lost, kept] = await bench.amphorae(id);
  await bench.crash(lost);
  const client = new EventBridgeClient({ endpoint: bench.stack().endpoints.events });
  const detail = {
    amphora_id: lost?.id,
    loadbalancer_id: id,
    zone: null,
    reason: 'SILENT',
    heard_at: null,
    well_at: null,
    stale: true,
  };
  const entry = {
    Source: bench.stack().table.name,
    DetailType: 'Amphora Health Alarm',
    Detail: JSON.stringify(detail),
  };
  await client.send(new PutEventsCommand({ Entries: Array.from({ length: 4 }, () => entry) }));
  client.destroy();
  const allocated = async () => (await bench.amphorae(id)).filter(({ status }) => status === 'ALLOCATED');
  await expect.poll(async () => (await allocated()).map((amphora) => amphora.id)).not.toContain(lost?.id);
  await expect.poll(() => statuses(id)).toEqual(new Set(['ACTIVE']));
  expect((await allocated()).map((amphora) => amphora.id)).toContain(kept?.id);
  const failovers = (await bench.lib().listOperations(id)).filter(({ flow }) => flow === 'failover-amphora');
  expect(failovers.filter(({ status }) => status === 'SUCCEEDED')).toHaveLength(1);
  await (await bench.worker().deleteLoadBalancer(id)).wait(WAIT_MS);
});

test('nothing is left in the cloud after the last deletion', () => {
  expect(bench.leftovers()).toEqual([]);
});
