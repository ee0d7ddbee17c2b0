import { beforeAll, describe, expect, it } from 'vitest';
import { newOperation, putOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { transact } from '../../../../../lib/repositories/table/transact.ts';
import { requester } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { listed, workbench } from '../support/resources.ts';

beforeAll(useTable);

/** More than a page of the table holds: 1 MB. */
const MANY = 150;
const SIZE = 9_000;

const manyOperations = async () => {
  const { loadBalancer, call } = await workbench();
  const { id: loadbalancer_id, project_id } = loadBalancer;
  const target = { target: 'load_balancer' as const, loadbalancer_id, amphora_id: null, project_id };
  const ids: string[] = [];
  for (let made = 0; made < MANY; made += 1) {
    const request = { flow: 'apply-changes' as const, requester, input: { filling: 'x'.repeat(SIZE) } };
    const status = made === 0 ? ('FAILED' as const) : ('SUCCEEDED' as const);
    const operation = { ...newOperation(request, target, 1), status };
    await transact(putOperation(operation));
    ids.push(operation.id);
  }
  const list = async (query: string) =>
    listed(await call('GET', `loadbalancers/${loadbalancer_id}/operations?${query}`), 'operations').map(({ id }) => id);
  return { newestFirst: ids.toReversed(), list };
};

describe('the operations of a load balancer', () => {
  it('are all found, page after page, and by what they are', async () => {
    const { newestFirst, list } = await manyOperations();
    const found: string[] = [];
    for (let pages = 0; pages < 6; pages += 1) {
      const marker = found.at(-1);
      found.push(...(await list(`limit=40${marker === undefined ? '' : `&marker=${marker}`}`)));
    }
    // The one that made the load balancer is the oldest.
    expect(found.slice(0, MANY)).toEqual(newestFirst);
    expect(await list('status=FAILED')).toEqual(newestFirst.slice(-1));
    expect(await list(`limit=2&marker=${newestFirst[10]}&page_reverse=true`)).toEqual(newestFirst.slice(8, 10));
    expect((await list('sort=created_at:asc&limit=3')).slice(1)).toEqual(newestFirst.toReversed().slice(0, 2));
  });
});
