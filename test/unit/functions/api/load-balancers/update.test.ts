import { beforeAll, describe, expect, it } from 'vitest';
import { getLoadBalancer } from '../../../../../lib/repositories/load-balancers.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf, loadBalancerOf } from '../support/read.ts';

beforeAll(useTable);

const api = testApi();
const put = (id: string, fields: object, token: string) =>
  api.call(`/v2.0/lbaas/loadbalancers/${id}`, { method: 'PUT', token, body: { loadbalancer: fields } });

describe('PUT of a load balancer', () => {
  it('changes what is given and keeps the rest', async () => {
    const { id, project_id } = await storedLoadBalancer({ name: 'old', description: 'kept', tags: ['kept'] });
    const answer = await put(id, { name: 'new' }, api.tokenFor(project_id, 'member'));
    expect(answer.status).toBe(200);
    expect(loadBalancerOf(answer)).toMatchObject({
      name: 'new',
      description: 'kept',
      tags: ['kept'],
      provisioning_status: 'PENDING_UPDATE',
    });
  });

  it('takes null for the reset value', async () => {
    const { id, project_id } = await storedLoadBalancer({ name: 'old', description: 'old', tags: ['old'] });
    const nothing = { name: null, description: null, tags: null, admin_state_up: null };
    await put(id, nothing, api.tokenFor(project_id, 'member'));
    expect(await getLoadBalancer(id)).toMatchObject({ name: '', description: '', tags: [], enabled: false });
  });

  it('is 409 while the load balancer is busy', async () => {
    const { id, project_id } = await storedLoadBalancer({}, 'ERROR');
    const answer = await put(id, { name: 'x' }, api.tokenFor(project_id, 'member'));
    expect([answer.status, faultOf(answer)]).toEqual([409, `Invalid state ERROR of loadbalancer resource ${id}`]);
  });

  it('is 403 for readers and 404 for strangers', async () => {
    const { id, project_id } = await storedLoadBalancer();
    expect((await put(id, { name: 'x' }, api.tokenFor(project_id, 'reader'))).status).toBe(403);
    expect((await put(id, { name: 'x' }, api.tokenFor('other', 'member'))).status).toBe(404);
  });

  it.each([
    [{ vip_address: '10.0.0.1' }, 400],
    [{ vip_sg_ids: ['6a0a707c-45ef-4758-b533-e55adddba8ce'] }, 501],
    [{ vip_qos_policy_id: '6a0a707c-45ef-4758-b533-e55adddba8ce' }, 501],
    [{ vip_qos_policy_id: null, vip_sg_ids: [] }, 200],
  ])('answers %j with %i', async (fields, status) => {
    const { id, project_id } = await storedLoadBalancer();
    expect((await put(id, fields, api.tokenFor(project_id, 'member'))).status).toBe(status);
  });
});
