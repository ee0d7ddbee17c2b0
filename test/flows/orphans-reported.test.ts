import { expect, test, vi } from 'vitest';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import { orphanKey } from '../../lib/repositories/table/keys.ts';
import { findRow } from '../../lib/repositories/table/query.ts';
import { useBench } from './support/bench.ts';

const bench = useBench({ settings: { ORPHAN_QUARANTINE: '0' } });

test('without the setting that deletes, an orphan is reported at every sweep and stays', async () => {
  const { id } = await bench.created();
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  const group = await networkDriver().createSecurityGroup(`lb-${id}`);
  const reported = { orphans: [{ kind: 'security_group', id: group, name: `lb-${id}`, outcome: 'reported' }] };
  const first = await bench.stack().invoke('SweepOrphans');
  expect(first).toMatchObject(reported);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  try {
    expect(await bench.stack().invoke('SweepOrphans')).toEqual(first);
  } finally {
    vi.useRealTimers();
  }
  expect(bench.leftovers()).toEqual([`lb-${id}`]);
});

test('a sweep sees all of them, however many there are', async () => {
  const { id } = await bench.created();
  await (await bench.worker().deleteLoadBalancer(id)).wait();
  const name = `octavia-lb-${id}`;
  const port = { name, networkId: bench.cloud().facts.vipNetworkId, fixedIps: [], adminStateUp: true };
  const made = await Promise.all(Array.from({ length: 205 }, () => networkDriver().createPort(port)));
  await bench.stack().invoke('SweepOrphans');
  const sightings = await Promise.all(made.map((one) => findRow(orphanKey('port', one.id))));
  expect(sightings.filter((row) => row?.name === name)).toHaveLength(made.length);
});
