import { beforeAll, expect, test } from 'vitest';
import { getAmphora, newAmphora } from '../../../../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora, updateAmphora } from '../../../../../lib/repositories/fleet/amphorae.ts';
import { settleFailed } from '../../../../../lib/repositories/locks/failed-settlement.ts';
import { useTable } from '../../../../helpers/table.ts';
import { addMember, flowOf, storedPool } from '../support/stored.ts';

beforeAll(useTable);

test('what was leaving or being built when it failed is in ERROR, what serves goes on', async () => {
  const { id, pool } = await storedPool();
  const flow = flowOf(await addMember(pool, '10.0.0.1').commit());
  const statuses = ['PENDING_CREATE', 'BOOTING', 'PENDING_DELETE', 'ALLOCATED', 'DELETED'] as const;
  const ids = statuses.map(() => crypto.randomUUID());
  for (const [index, status] of statuses.entries()) {
    await createAmphora(flow, newAmphora(String(ids[index]), id));
    await updateAmphora(flow, String(ids[index]), { status });
  }
  await settleFailed(flow, 'ERROR');
  const found = await Promise.all(ids.map((one) => getAmphora(one)));
  expect(found.map(({ status }) => status)).toEqual(['ERROR', 'ERROR', 'ERROR', 'ALLOCATED', 'DELETED']);
});
