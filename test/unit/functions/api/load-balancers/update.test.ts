import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { getLoadBalancer } from '../../../../../lib/repositories/objects/load-balancers.ts';
import { newListener } from '../../../../fixtures/children.ts';
import { newLoadBalancer } from '../../../../fixtures/load-balancer.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi } from '../support/api.ts';
import { storedLoadBalancer } from '../support/load-balancers.ts';
import { faultOf, loadBalancerOf } from '../support/read.ts';

beforeAll(useTable);

const UNKNOWN = '6a0a707c-45ef-4758-b533-e55adddba8ce';
const [POLICY, GROUP] = [randomUUID(), randomUUID()];
const CIDRS_BESIDE_GROUPS = 'Validation failure: Allowed CIDRs are not allowed when using custom VIP Security Groups.';

const api = testApi();
const put = (id: string, fields: object, token: string) =>
  api.call(`/v2.0/lbaas/loadbalancers/${id}`, { method: 'PUT', token, body: { loadbalancer: fields } });

/** A load balancer whose VIP has that policy and those groups. */
const storedWith = (changes: { readonly qos_policy_id?: string; readonly sg_ids?: readonly string[] }) =>
  storedLoadBalancer({ vip: { ...newLoadBalancer().vip, ...changes } });

const present = (): string => {
  const id = randomUUID();
  api.network.present.add(id);
  return id;
};

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

  it('takes null for the reset value, but for tags, which stay', async () => {
    const { id, project_id } = await storedLoadBalancer({ name: 'old', description: 'old', tags: ['old'] });
    const nothing = { name: null, description: null, tags: null, admin_state_up: null };
    await put(id, nothing, api.tokenFor(project_id, 'member'));
    expect(await getLoadBalancer(id)).toMatchObject({ name: '', description: '', tags: ['old'], enabled: false });
  });

  it('is 409 while the load balancer is busy', async () => {
    const { id, project_id } = await storedLoadBalancer({}, 'ERROR');
    const answer = await put(id, { name: 'x' }, api.tokenFor(project_id, 'member'));
    expect([answer.status, faultOf(answer)]).toEqual([409, `Invalid state ERROR of loadbalancer resource ${id}`]);
  });

  it('is 403 for readers and for members of another project', async () => {
    const { id, project_id } = await storedLoadBalancer();
    expect((await put(id, { name: 'x' }, api.tokenFor(project_id, 'reader'))).status).toBe(403);
    expect((await put(id, { name: 'x' }, api.tokenFor('other', 'member'))).status).toBe(403);
  });

  it('is 400 for what cannot be changed', async () => {
    const { id, project_id } = await storedLoadBalancer();
    expect((await put(id, { vip_address: '10.0.0.1' }, api.tokenFor(project_id, 'member'))).status).toBe(400);
  });
});

describe('PUT of the QoS policy and the security groups of a VIP', () => {
  it('sets them, each group once, and leaves the rest of the VIP alone', async () => {
    const loadBalancer = await storedLoadBalancer();
    const [policy, group, other] = [present(), present(), present()];
    const fields = { vip_qos_policy_id: policy, vip_sg_ids: [group, other, group.toUpperCase()] };
    const answer = await put(loadBalancer.id, fields, api.tokenFor(loadBalancer.project_id, 'member'));
    expect(loadBalancerOf(answer)).toMatchObject({ vip_qos_policy_id: policy, vip_sg_ids: [group, other] });
    const { vip } = await getLoadBalancer(loadBalancer.id);
    expect(vip).toEqual({ ...loadBalancer.vip, qos_policy_id: policy, sg_ids: [group, other] });
  });

  it.each([
    [{ name: 'x' }, POLICY, [GROUP]],
    [{ vip_qos_policy_id: null }, null, [GROUP]],
    [{ vip_sg_ids: null }, POLICY, []],
    [{ vip_sg_ids: [] }, POLICY, []],
  ])('takes %j for what it says of each', async (fields, qos_policy_id, sg_ids) => {
    const { id, project_id } = await storedWith({ qos_policy_id: POLICY, sg_ids: [GROUP] });
    expect((await put(id, fields, api.tokenFor(project_id, 'member'))).status).toBe(200);
    expect((await getLoadBalancer(id)).vip).toMatchObject({ qos_policy_id, sg_ids });
  });

  it.each([
    [{ vip_qos_policy_id: UNKNOWN }, `qos_policy ${UNKNOWN} not found.`],
    [{ vip_sg_ids: [UNKNOWN] }, `Security Group ${UNKNOWN} not found.`],
  ])('is 400 for %j, which the caller does not see, and changes nothing', async (fields, text) => {
    const { id, project_id } = await storedLoadBalancer();
    const answer = await put(id, { name: 'new', ...fields }, api.tokenFor(project_id, 'member'));
    expect([answer.status, faultOf(answer)]).toEqual([400, text]);
    expect(await getLoadBalancer(id)).toMatchObject({ name: 'web', provisioning_status: 'ACTIVE' });
  });

  it('takes what is there already without a look: an administrator may have chosen it', async () => {
    const [policy, group, added] = [randomUUID(), randomUUID(), present()];
    const { id, project_id } = await storedWith({ qos_policy_id: policy, sg_ids: [group] });
    const fields = { vip_qos_policy_id: policy, vip_sg_ids: [group, added] };
    expect((await put(id, fields, api.tokenFor(project_id, 'member'))).status).toBe(200);
    expect((await getLoadBalancer(id)).vip).toMatchObject({ qos_policy_id: policy, sg_ids: [group, added] });
  });

  it('is 400 for groups beside allowed CIDRs of a listener', async () => {
    const { id, project_id } = await storedLoadBalancer({}, 'ACTIVE', (owner) => [
      { kind: 'listener', object: newListener(owner, { allowed_cidrs: ['10.0.0.0/8'] }) },
    ]);
    const answer = await put(id, { vip_sg_ids: [present()] }, api.tokenFor(project_id, 'member'));
    expect([answer.status, faultOf(answer)]).toEqual([400, CIDRS_BESIDE_GROUPS]);
    expect((await put(id, { vip_sg_ids: [] }, api.tokenFor(project_id, 'member'))).status).toBe(200);
  });
});
