import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf, loadBalancerOf } from '../support/read.ts';

beforeAll(useTable);

const api = testApi();
const get = (id: string, token: string, query = '') => api.call(`/v2.0/lbaas/loadbalancers/${id}${query}`, { token });

describe('GET of a load balancer', () => {
  it('shows it to its project', async () => {
    const { id, project_id } = await storedLoadBalancer({ name: 'web' });
    const answer = await get(id.toUpperCase(), api.tokenFor(project_id, 'reader'));
    expect(answer.status).toBe(200);
    expect(loadBalancerOf(answer)).toMatchObject({ id, name: 'web', provisioning_status: 'ACTIVE', listeners: [] });
  });

  it('narrows it to the fields that are asked for', async () => {
    const { id, project_id } = await storedLoadBalancer();
    const answer = await get(id, api.tokenFor(project_id, 'reader'), '?fields=id&fields=name');
    expect(answer.body).toEqual({ loadbalancer: { id, name: 'web' } });
  });

  it('answers a deleted one and one that never was in the same words', async () => {
    const deleted = await storedLoadBalancer({ project_id: 'mine' }, 'DELETED');
    const token = api.tokenFor('mine', 'member');
    for (const id of [deleted.id, randomUUID(), 'no-uuid', 'x'.repeat(3000)]) {
      const answer = await get(id, token);
      expect([answer.status, faultOf(answer)]).toEqual([404, `Load Balancer ${id} not found.`]);
    }
  });

  it('answers 403 to a user of another project', async () => {
    const { id } = await storedLoadBalancer();
    const answer = await get(id, api.tokenFor('mine', 'member'));
    expect([answer.status, faultOf(answer)]).toEqual([403, 'Policy does not allow this request to be performed.']);
  });

  it('answers 403 to a user of the project without any role for it', async () => {
    const { id, project_id } = await storedLoadBalancer();
    expect((await get(id, api.tokenFor(project_id, 'creator'))).status).toBe(403);
  });

  it('shows any project’s to an administrator', async () => {
    const { id } = await storedLoadBalancer();
    expect((await get(id, api.tokenFor('other', 'admin'))).status).toBe(200);
  });
});
