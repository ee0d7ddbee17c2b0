import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { tableUseOf } from '../../../../bench/local/table-use.ts';
import { findLoadBalancer, listLoadBalancers } from '../../../../lib/repositories/objects/load-balancers.ts';
import { newLoadBalancer } from '../../../fixtures/load-balancer.ts';
import { rowsAtRest, writeRows } from '../../../fixtures/rows-at-rest.ts';
import { useTable } from '../../../helpers/table.ts';

beforeAll(useTable);

test('what work asks the table for is counted, with the units of its reads', async () => {
  const loadBalancer = newLoadBalancer();
  const written = await tableUseOf(() => writeRows(rowsAtRest(loadBalancer)));
  expect([written.requests, written.readUnits]).toEqual([1, 0]);
  const read = await tableUseOf(async () => {
    // A strongly consistent read of less than 4 KB is one unit, an eventually consistent query of it half a unit.
    await findLoadBalancer(loadBalancer.id);
    await listLoadBalancers(loadBalancer.project_id);
    await findLoadBalancer(randomUUID());
  });
  expect([read.requests, read.readUnits]).toEqual([3, 2.5]);
  await findLoadBalancer(loadBalancer.id);
  expect(read.requests).toBe(3);
});
