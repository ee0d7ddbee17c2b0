import { beforeAll, expect, it } from 'vitest';
import { countStatistics, readStatistics } from '../../../../../lib/repositories/health/statistics.ts';
import { useTable } from '../../../../helpers/table.ts';

beforeAll(useTable);

const counted = (loadbalancer_id: string) => ({
  loadbalancer_id,
  listener_id: 'listener',
  amphora_id: 'amphora',
  bytes_in: 10,
  bytes_out: 100,
  active_connections: 2,
  total_connections: 3,
  request_errors: 1,
});

it('statistics of one heartbeat are added once, however often they are written', async () => {
  const row = counted(crypto.randomUUID());
  await countStatistics(row, '7@1', true);
  await countStatistics(row, '7@1', true);
  expect(await readStatistics(row.loadbalancer_id)).toEqual([row]);
  await countStatistics(row, '8@2', true);
  const twice = { ...row, bytes_in: 20, bytes_out: 200, total_connections: 6, request_errors: 2 };
  expect(await readStatistics(row.loadbalancer_id)).toEqual([twice]);
});

it('statistics that are totals take the place of the former ones', async () => {
  const row = counted(crypto.randomUUID());
  await countStatistics(row, '1@1', false);
  await countStatistics({ ...row, bytes_in: 11 }, '2@2', false);
  expect(await readStatistics(row.loadbalancer_id)).toEqual([{ ...row, bytes_in: 11 }]);
});
