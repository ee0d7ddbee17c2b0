import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { changeQuota } from '../../../../../lib/repositories/quotas/quotas.ts';
import { useTable } from '../../../../helpers/table.ts';
import { testApi, UNLIMITED } from '../support/api.ts';
import { SUBNET_V4 } from '../support/fake-network.ts';
import { faultOf } from '../support/read.ts';
import { workbench } from '../support/resources.ts';

beforeAll(useTable);

const quotas = (path = '') => `/v2.0/lbaas/quotas${path}`;

describe('the quota of a project', () => {
  it('is the default until an operator changes it, field by field, and again once it is deleted', async () => {
    const api = testApi({ defaultQuota: () => ({ ...UNLIMITED, listener: 7 }) });
    const projectId = randomUUID();
    const [member, admin] = [api.tokenFor(projectId, 'member'), api.tokenFor('p', 'admin')];
    const path = quotas(`/${projectId}`);
    const shown = async () => (await api.call(path, { token: member })).body;
    const put = (quota: object) => api.call(path, { method: 'PUT', token: admin, body: { quota } });
    expect(await shown()).toMatchObject({ quota: { loadbalancer: -1, load_balancer: -1, listener: 7, l7rule: -1 } });
    expect(await put({ loadbalancer: 3, health_monitor: 0, pool: 5 })).toMatchObject({ status: 202 });
    expect(await put({ pool: null })).toMatchObject({ status: 202 });
    const changed = { loadbalancer: 3, load_balancer: 3, listener: 7, pool: -1, healthmonitor: 0, health_monitor: 0 };
    expect(await shown()).toMatchObject({ quota: changed });
    expect((await api.call(quotas(), { token: admin })).body).toMatchObject({
      quotas: expect.arrayContaining([expect.objectContaining({ project_id: projectId, ...changed })]),
    });
    expect((await api.call(quotas(), { token: member })).body).toMatchObject({ quotas: [{ project_id: projectId }] });
    expect((await api.call(`${path}/default`, { token: member })).body).toMatchObject({ quota: { loadbalancer: -1 } });
    expect((await api.call(quotas('/defaults'), { token: member })).body).toMatchObject({ quota: { listener: 7 } });
    expect((await api.call(path, { method: 'DELETE', token: admin })).status).toBe(202);
    expect(await shown()).toMatchObject({ quota: { loadbalancer: -1, listener: 7 } });
  });

  it('names its project, in lists, too, and takes the newer one of two spellings', async () => {
    const api = testApi();
    const projectId = randomUUID();
    const token = api.tokenFor('p', 'admin');
    const named = { project_id: projectId, tenant_id: projectId };
    const quota = { load_balancer: 4, loadbalancer: 3, health_monitor: null, healthmonitor: 2 };
    const put = await api.call(quotas(`/${projectId}`), { method: 'PUT', token, body: { quota } });
    expect(put.body).toMatchObject({ quota: { ...named, load_balancer: 3, loadbalancer: 3, health_monitor: 2 } });
    expect((await api.call(quotas(`/${projectId}`), { token })).body).toEqual(put.body);
    expect((await api.call(quotas(`?project_id=${projectId}`), { token })).body).toMatchObject({
      quotas: [put.body.quota],
    });
    expect((await api.call(quotas(`/${projectId}/default`), { token })).body).toMatchObject({ quota: named });
    expect((await api.call(quotas('/defaults'), { token })).body).toMatchObject({ quota: { project_id: 'p' } });
  });

  it('is changed by operators only, and hidden from all others', async () => {
    const api = testApi();
    const [member, stranger] = [api.tokenFor('mine', 'member'), api.tokenFor('other', 'member')];
    const body = { quota: { pool: 1 } };
    expect((await api.call(quotas('/mine'), { method: 'PUT', token: member, body })).status).toBe(403);
    expect((await api.call(quotas('/mine'), { token: stranger })).status).toBe(403);
    const refused = await api.call(quotas('/mine'), {
      method: 'PUT',
      token: api.tokenFor('p', 'admin'),
      body: { quota: { pool: -2 } },
    });
    expect(refused.status).toBe(400);
  });
});

describe('a project at its limit', () => {
  it('gets 403 with what is met, and nothing is written', async () => {
    const [api, projectId] = [testApi(), randomUUID()];
    await changeQuota(projectId, { load_balancer: 1, member: 1 });
    const token = api.tokenFor(projectId, 'member');
    const post = (fields: object) =>
      api.call('/v2.0/lbaas/loadbalancers', {
        method: 'POST',
        token,
        body: { loadbalancer: { vip_subnet_id: SUBNET_V4.id, ...fields } },
      });
    const members = [1, 2].map((protocol_port) => ({ address: '10.2.0.1', protocol_port }));
    const graph = { pools: [{ name: 'p', protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', members }] };
    expect(faultOf(await post(graph))).toBe('Quota has been met for resources: Member');
    expect((await post({})).status).toBe(201);
    const refused = await post(graph);
    expect([refused.status, faultOf(refused)]).toEqual([
      403,
      'Quota has been met for resources: Load Balancer, Member',
    ]);
    expect(api.network.ports.size).toBe(1);
  });

  it('gives each of its last places once to requests of the same moment', async () => {
    const { loadBalancer, call } = await workbench();
    await changeQuota(loadBalancer.project_id, { listener: 3 });
    const listener = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP' };
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, index) =>
        call('POST', 'listeners', { listener: { ...listener, protocol_port: 80 + index } }),
      ),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.map((answer) => [answer.status, faultOf(answer)])).toEqual(
      Array.from({ length: 6 }, () => [403, 'Quota has been met for resources: Listener']),
    );
  });

  it('can change and delete, and create again', async () => {
    const bench = await workbench();
    const { call, listener, loadBalancer, made, member, policy, pool, refused } = bench;
    const limits = { listener: 1, pool: 1, member: 1, health_monitor: 0, l7policy: 1, l7rule: 1 };
    await changeQuota(loadBalancer.project_id, limits);
    const [{ id: listenerId }, { id: poolId }] = [await listener(), await pool()];
    await member(poolId);
    const { id: policyId } = await policy(listenerId);
    const rule = { type: 'PATH', compare_type: 'EQUAL_TO', value: '/' };
    await made(`l7policies/${policyId}/rules`, 'rule', rule);
    const met = (what: string) => [403, `Quota has been met for resources: ${what}`];
    const port = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', protocol_port: 81 };
    expect(await refused('POST', 'listeners', { listener: port })).toEqual(met('Listener'));
    const other = { loadbalancer_id: loadBalancer.id, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };
    expect(await refused('POST', 'pools', { pool: other })).toEqual(met('Pool'));
    expect(await refused('POST', `l7policies/${policyId}/rules`, { rule })).toEqual(met('L7 Rule'));
    const l7policy = { listener_id: listenerId, action: 'REJECT', rules: [rule] };
    expect(await refused('POST', 'l7policies', { l7policy })).toEqual(met('L7 Policy, L7 Rule'));
    const healthmonitor = { pool_id: poolId, type: 'TCP', delay: 1, timeout: 1, max_retries: 1 };
    expect(await refused('POST', 'healthmonitors', { healthmonitor })).toEqual(met('Health Monitor'));
    const at = (address: string) => ({ address, protocol_port: 8080 });
    const path = `pools/${poolId}/members`;
    expect(await refused('PUT', `${path}?additive_only=true`, { members: [at('10.2.0.6')] })).toEqual(met('Member'));
    expect((await call('PUT', path, { members: [at('10.2.0.6')] })).status).toBe(202);
  });
});

describe('providers', () => {
  it('are the one there is, under both of its names', async () => {
    const { call } = await workbench();
    const { body } = await call('GET', 'providers');
    expect(body).toEqual({
      providers: [
        { name: 'amphora', description: expect.any(String) },
        { name: 'octavia', description: expect.any(String) },
      ],
    });
  });
});
