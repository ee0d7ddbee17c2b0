import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { documents, tableName } from '../../../../../lib/repositories/table/client.ts';
import { childKey } from '../../../../../lib/repositories/table/keys.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf } from '../support/read.ts';

beforeAll(useTable);

const api = testApi();
const remove = (id: string, token: string, query = '') =>
  api.call(`/v2.0/lbaas/loadbalancers/${id}${query}`, { method: 'DELETE', token });

const withPool = async () => {
  const stored = await storedLoadBalancer();
  const poolId = randomUUID();
  const Item = { ...childKey(stored.id, 'POOL', poolId), id: poolId, load_balancer_id: stored.id };
  await documents().send(new PutCommand({ TableName: tableName(), Item }));
  return stored;
};

describe('DELETE of a load balancer', () => {
  it('answers 204 without a body and commits the deletion', async () => {
    const { id, project_id } = await storedLoadBalancer();
    expect(await remove(id, api.tokenFor(project_id, 'member'))).toMatchObject({ status: 204, body: {} });
    expect((await getLoadBalancer(id)).provisioning_status).toBe('PENDING_DELETE');
  });

  it('is 400 while there is something below it, and done with cascade', async () => {
    const { id, project_id } = await withPool();
    const token = api.tokenFor(project_id, 'member');
    const refused = await remove(id, token);
    expect([refused.status, faultOf(refused)]).toEqual([
      400,
      `Validation failure: Cannot delete Load Balancer ${id} - it has children`,
    ]);
    expect((await remove(id, token, '?cascade=false')).status).toBe(400);
    expect((await remove(id, token, '?cascade=True')).status).toBe(204);
  });

  it('is possible in ERROR, 409 a second time, and 403 for another project', async () => {
    const { id, project_id } = await storedLoadBalancer({}, 'ERROR');
    expect((await remove(id, api.tokenFor('other', 'member'))).status).toBe(403);
    const token = api.tokenFor(project_id, 'member');
    expect((await remove(id, token)).status).toBe(204);
    const again = await remove(id, token);
    expect([again.status, faultOf(again)]).toEqual([
      409,
      `Invalid state PENDING_DELETE of loadbalancer resource ${id}`,
    ]);
  });
});
