import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import { recordIntent, recordResourceId } from '../../lib/repositories/cloud/external-resources.ts';
import { countStatistics } from '../../lib/repositories/health/statistics.ts';
import { documents, tableName } from '../../lib/repositories/table/client.ts';
import { newListener } from '../fixtures/children.ts';
import { useBench } from './support/bench.ts';

const bench = useBench();
const counts = z.object({ purged: z.number(), kept: z.number(), busy: z.number(), owned: z.number() });
const NONE = { purged: 0, kept: 0, busy: 0, owned: 0 };
afterEach(() => vi.useRealTimers());

const DAY_MS = 86_400_000;
const after = async <T>(days: number, act: () => Promise<T>): Promise<T> => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * DAY_MS });
  try {
    return await act();
  } finally {
    vi.useRealTimers();
  }
};
const purge = async () => counts.parse(await bench.stack().invoke('PurgeDeletedRows'));
const purgeAfter = (days: number) => after(days, purge);

/** Keys of all rows that name one of the ids; those that expire by themselves are marked. */
const rowsOf = async (...ids: readonly string[]): Promise<readonly string[]> => {
  const keys: string[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await documents().send(
      new ScanCommand({ TableName: tableName(), ...(from === undefined ? {} : { ExclusiveStartKey: from }) }),
    );
    for (const row of page.Items ?? []) {
      if (!ids.some((id) => JSON.stringify(row).includes(id))) continue;
      keys.push(`${row.pk}/${row.sk}${row.expires_at === undefined ? '' : ' expires'}`);
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return keys;
};
const lasting = (keys: readonly string[]) => keys.filter((key) => !key.endsWith(' expires'));

const removed = async () => {
  const created = await bench.created({}, (of) => [{ kind: 'listener', object: newListener(of) }]);
  const [first] = await bench.amphorae(created.id);
  await (await bench.worker().failoverAmphora(String(first?.id))).wait();
  const [second] = await bench.amphorae(created.id);
  await countStatistics(
    {
      loadbalancer_id: created.id,
      listener_id: randomUUID(),
      amphora_id: String(first?.id),
      bytes_in: 1,
      bytes_out: 1,
      active_connections: 0,
      total_connections: 1,
      request_errors: 0,
    },
    'heartbeat',
    true,
  );
  await (await bench.worker().deleteLoadBalancer(created.id)).wait();
  return { id: created.id, ids: [created.id, String(first?.id), String(second?.id)] };
};
const zombie = async (amphoraId: string | undefined) =>
  await bench.stack().invoke('LookAfterAlarm', {
    source: 'deploy-worker-local',
    'detail-type': 'Amphora Health Alarm',
    detail: {
      amphora_id: amphoraId,
      loadbalancer_id: null,
      zone: null,
      reason: 'ZOMBIE',
      heard_at: null,
      well_at: null,
      stale: true,
    },
  });

describe('the purge', () => {
  it('leaves no row of a load balancer that was deleted long ago, nor of its amphorae, but records that expire', async () => {
    const { ids } = await removed();
    expect(lasting(await rowsOf(...ids)).length).toBeGreaterThan(5);
    expect(await purgeAfter(6.9)).toEqual(NONE);
    expect(await purgeAfter(7.1)).toEqual({ ...NONE, purged: 3 });
    const rest = await rowsOf(...ids);
    expect(lasting(rest)).toEqual([]);
    expect(rest.length).toBeGreaterThan(0);
    expect(await purgeAfter(8)).toEqual(NONE);
  });

  it('takes the amphora that an existing load balancer has lost, and nothing else of it', async () => {
    const { id } = await bench.created();
    const [first] = await bench.amphorae(id);
    await (await bench.worker().failoverAmphora(String(first?.id))).wait();
    const before = await rowsOf(id);
    expect(await purgeAfter(7.1)).toMatchObject({ purged: 1 });
    const gone = [`LB#${id}/AMPHORA#${first?.id}`, `ID#${first?.id}/REF`];
    expect(await rowsOf(id)).toEqual(before.filter((key) => !gone.includes(key)));
    expect(await bench.amphorae(id)).toHaveLength(1);
    await (await bench.worker().deleteLoadBalancer(id)).wait();
    expect(await purgeAfter(7.1)).toMatchObject({ purged: 2 });
  });

  it('keeps an amphora that still sends heartbeats, with its load balancer, until the last one is as old', async () => {
    const { id, ids } = await removed();
    expect(await after(5, () => zombie(ids[1]))).toMatchObject({ alarms: [{ outcome: 'server-deleted' }] });
    expect(await purgeAfter(7.1)).toMatchObject({ purged: 1, kept: 1 });
    expect(lasting(await rowsOf(...ids))).toEqual(
      expect.arrayContaining([`LB#${id}/LB`, `LB#${id}/AMPHORA#${ids[1]}`, `ID#${ids[1]}/REF`]),
    );
    expect(await purgeAfter(14.3)).toMatchObject({ purged: 2, kept: 0 });
    expect(lasting(await rowsOf(...ids))).toEqual([]);
  });

  it('keeps the ledger, and its owner, while something of it is in the cloud', async () => {
    const { id, ids } = await removed();
    const entry = { kind: 'port' as const, network_id: bench.cloud().facts.vipNetworkId, loadbalancer_id: id };
    const left = { ...entry, name: `octavia-lb-vrrp-${ids[1]}`, amphora_id: String(ids[1]) };
    const lost = { ...entry, name: `octavia-lb-vrrp-${ids[2]}`, amphora_id: String(ids[2]) };
    for (const resource of [left, lost]) await recordIntent(null, resource);
    const port = await networkDriver().createPort({
      name: left.name,
      networkId: left.network_id,
      fixedIps: [],
      adminStateUp: true,
    });
    await recordResourceId(null, left, port.id);
    expect(await purgeAfter(7.1)).toMatchObject({ purged: 1, kept: 2, owned: 1 });
    const kept = lasting(await rowsOf(...ids));
    expect(kept).toContain(`LB#${id}/EXT#port#${left.name}`);
    expect(kept).not.toContain(`LB#${id}/EXT#port#${lost.name}`);
    await networkDriver().deletePort(port.id);
    await purgeAfter(14.3);
    expect(lasting(await rowsOf(...ids))).toEqual([]);
  });

  it('forgets what was announced for a load balancer that never came to be, unless it is there', async () => {
    const [never, made] = [randomUUID(), randomUUID()];
    const networkId = bench.cloud().facts.vipNetworkId;
    const entry = (id: string) => ({
      kind: 'port' as const,
      name: `octavia-lb-${id}`,
      network_id: networkId,
      loadbalancer_id: id,
      amphora_id: null,
    });
    for (const id of [never, made]) await recordIntent(null, entry(id));
    const port = await networkDriver().createPort({
      name: entry(made).name,
      networkId,
      fixedIps: [],
      adminStateUp: true,
    });
    expect(await purgeAfter(7.1)).toEqual({ ...NONE, purged: 1, kept: 1 });
    expect(await rowsOf(never)).toEqual([]);
    await networkDriver().deletePort(port.id);
    expect(await purgeAfter(14.3)).toEqual({ ...NONE, purged: 1 });
    expect(await rowsOf(made)).toEqual([]);
  });

  it('leaves an entry alone whose load balancer came, and looks at it once', async () => {
    const { id, vip } = await bench.created();
    await recordIntent(null, {
      kind: 'port',
      name: `octavia-lb-${id}`,
      network_id: vip.network_id,
      loadbalancer_id: id,
      amphora_id: null,
    });
    expect(await purgeAfter(7.1)).toEqual({ ...NONE, owned: 1 });
    expect(await purgeAfter(7.1)).toEqual(NONE);
    expect(await rowsOf(id)).toContain(`LB#${id}/EXT#port#octavia-lb-${id}`);
  });
});
