import { expect, test, vi } from 'vitest';
import { networkDriver } from '../../lib/drivers/network/index.ts';
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
