import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitLoadBalancerOperation } from '../../../../lib/repositories/locks/commits.ts';
import { changeQuota } from '../../../../lib/repositories/quotas/quotas.ts';
import { newListener, newPolicy, newPool, newRule } from '../../../fixtures/children.ts';
import { requester } from '../../../fixtures/load-balancer.ts';
import { useTable } from '../../../helpers/table.ts';
import { testApi } from './support/api.ts';
import { SUBNET_V4 } from './support/fake-network.ts';
import { storedLoadBalancer } from './support/load-balancers.ts';
import { faultOf } from './support/read.ts';
import { type Workbench, workbench } from './support/resources.ts';

beforeAll(useTable);

/** Wrapper, and the path of one that is there, by resource. */
const objects = async ({ loadBalancer, listener, pool, member, monitor, policy, made }: Workbench) => {
  const [{ id: listenerId }, { id: poolId }] = [await listener(), await pool()];
  const { id: policyId } = await policy(listenerId);
  const rule = { type: 'PATH', compare_type: 'EQUAL_TO', value: '/x' };
  return [
    ['loadbalancer', 'loadbalancers', loadBalancer.id],
    ['listener', 'listeners', listenerId],
    ['pool', 'pools', poolId],
    ['member', `pools/${poolId}/members`, (await member(poolId)).id],
    ['healthmonitor', 'healthmonitors', (await monitor(poolId)).id],
    ['l7policy', 'l7policies', policyId],
    ['rule', `l7policies/${policyId}/rules`, (await made(`l7policies/${policyId}/rules`, 'rule', rule)).id],
  ] as const;
};

describe('a PUT', () => {
  it('of an object that is missing is 404 when its body holds nothing, and 400 when what it holds is wrong', async () => {
    const bench = await workbench();
    for (const [wrapper, path, id] of await objects(bench)) {
      const missing = `${path}/${randomUUID()}`;
      for (const body of [{}, { [wrapper]: null }, { [wrapper]: {} }]) {
        expect((await bench.call('PUT', missing, body)).status, `${missing} ${JSON.stringify(body)}`).toBe(404);
      }
      const [status, text] = await bench.refused('PUT', missing, { [wrapper]: { bogus: 1 } });
      expect([status, text]).toEqual([400, expect.stringContaining('bogus')]);
      for (const body of [{}, { [wrapper]: null }]) {
        expect(await bench.refused('PUT', `${path}/${id}`, body)).toEqual([
          400,
          expect.stringContaining(`Invalid input for field/attribute ${wrapper}. Value: 'None'. `),
        ]);
      }
    }
  });

  it('without any body lacks an argument, whether the object is there or not', async () => {
    const bench = await workbench();
    for (const [, path, id] of await objects(bench)) {
      for (const at of [`${path}/${id}`, `${path}/${randomUUID()}`]) {
        expect(await bench.refused('PUT', at)).toEqual([400, expect.stringMatching(/^Missing argument: "/)]);
      }
    }
  });

  it('of another project’s object is 400 when its body is wrong, and else 403', async () => {
    const [mine, other] = [await workbench(), await workbench()];
    for (const [wrapper, path, id] of await objects(mine)) {
      expect((await other.call('PUT', `${path}/${id}`, {})).status).toBe(403);
      expect((await other.call('PUT', `${path}/${id}`, { [wrapper]: { bogus: 1 } })).status).toBe(400);
    }
  });
});

describe('a PUT of an L7 rule while its load balancer is busy', () => {
  it('is 400 when its body is wrong, and else 409', async () => {
    const ids = { policy: '', rule: '' };
    const { id, project_id } = await storedLoadBalancer({ project_id: randomUUID() }, 'ACTIVE', (owner) => {
      const listener = newListener(owner);
      const policy = newPolicy(listener);
      const rule = newRule(policy);
      Object.assign(ids, { policy: policy.id, rule: rule.id });
      return [
        { kind: 'listener', object: listener },
        { kind: 'l7_policy', object: policy },
        { kind: 'l7_rule', object: rule },
      ];
    });
    const update = { flow: 'update-load-balancer' as const, requester };
    await commitLoadBalancerOperation(id, update, { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' });
    const api = testApi();
    const put = async (rule: object) => {
      const path = `/v2.0/lbaas/l7policies/${ids.policy}/rules/${ids.rule}`;
      return (await api.call(path, { method: 'PUT', token: api.tokenFor(project_id, 'member'), body: { rule } }))
        .status;
    };
    expect(await put({ type: 'SSL_CONN_HAS_CERT', compare_type: 'EQUAL_TO', value: 'true', key: 'x' })).toBe(400);
    expect(await put({ value: '/y' })).toBe(409);
  });
});

describe('a POST with null for its parent', () => {
  it.each([
    ['listeners', { listener: { loadbalancer_id: null, protocol: 'HTTP', protocol_port: 1 } }, 'Load Balancer'],
    ['l7policies', { l7policy: { listener_id: null, action: 'REJECT' } }, 'Listener'],
    ['healthmonitors', { healthmonitor: { pool_id: null, type: 'TCP', delay: 1, timeout: 1, max_retries: 1 } }, 'Pool'],
  ])('is 404, as upstream: %s', async (path, body, resource) => {
    const { refused } = await workbench();
    expect(await refused('POST', path, body)).toEqual([404, `${resource} None not found.`]);
  });
});

describe('a request with several mistakes', () => {
  const pool = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' };

  it('gets the quota’s error, then that of a second default pool, while the load balancer is busy', async () => {
    let listener_id = '';
    const { id, project_id } = await storedLoadBalancer({ project_id: randomUUID() }, 'ACTIVE', (owner) => {
      const given = newPool(owner);
      const listener = newListener(owner, { default_pool_id: given.id });
      listener_id = listener.id;
      return [
        { kind: 'pool', object: given },
        { kind: 'listener', object: listener },
      ];
    });
    const update = { flow: 'update-load-balancer' as const, requester };
    await commitLoadBalancerOperation(id, update, { allowed: ['ACTIVE'], to: 'PENDING_UPDATE' });
    const api = testApi();
    const token = api.tokenFor(project_id, 'member');
    const create = async () => {
      const body = { pool: { listener_id, ...pool } };
      const answer = await api.call('/v2.0/lbaas/pools', { method: 'POST', token, body });
      return [answer.status, faultOf(answer)];
    };
    expect(await create()).toEqual([409, 'This listener already has a default pool']);
    await changeQuota(project_id, { pool: 0 });
    expect(await create()).toEqual([403, expect.stringContaining('Quota has been met')]);
  });

  it.each([
    [{ protocol: 'PROMETHEUS' }, {}, /^Protocol PROMETHEUS listeners cannot have child objects\.$/],
    [{}, { allowed_cidrs: ['2001:db8::/32'] }, /IP version incompatible/],
  ])('gets the error of the listener before that of a missing default pool: %j', async (fields, changes, text) => {
    const { refused, listener } = await workbench();
    const { id } = await listener(fields);
    const wanted = { ...changes, default_pool_id: randomUUID() };
    const answer = await refused('PUT', `listeners/${id}`, { listener: wanted });
    expect(answer).toEqual([400, expect.stringMatching(text)]);
  });

  it('gets the VIP’s error first, then the quota’s, then those of what comes with the load balancer', async () => {
    const { loadBalancer, refused } = await workbench();
    const pools = [{ name: 'p', ...pool, lb_algorithm: 'SOURCE_IP_PORT' }];
    const create = (vip_subnet_id: string) =>
      refused('POST', 'loadbalancers', { loadbalancer: { vip_subnet_id, pools } });
    const [there, missing] = [SUBNET_V4.id, randomUUID()];
    expect((await create(there))[0]).toBe(501);
    await changeQuota(loadBalancer.project_id, { load_balancer: 0 });
    expect(await create(there)).toEqual([403, expect.stringContaining('Quota has been met')]);
    expect(await create(missing)).toEqual([400, `Subnet ${missing} not found.`]);
  });
});

describe('a route for operators only', () => {
  it.each([
    ['flavorprofiles', 'flavorprofile'],
    ['flavors', 'flavor'],
    ['availabilityzoneprofiles', 'availability_zone_profile'],
    ['availabilityzones', 'availability_zone'],
  ])('that upstream has is 400 for others when the body is wrong, and otherwise 403: %s', async (path, wrapper) => {
    const { refused } = await workbench();
    for (const [method, at] of [
      ['POST', path],
      ['PUT', `${path}/${randomUUID()}`],
    ] as const) {
      const [status, text] = await refused(method, at, { [wrapper]: { bogus: 1 } });
      expect([status, text]).toEqual([400, expect.stringContaining('bogus')]);
      expect((await refused(method, at, {}))[0]).toBe(403);
    }
  });

  it.each([
    ['POST', '/octavia/drift'],
    ['PUT', '/octavia/freeze'],
    ['POST', '/octavia/rollouts'],
    ['POST', '/octavia/rollouts/preview'],
    ['PUT', `/octavia/rollouts/${randomUUID()}`],
  ])('that upstream does not have reveals nothing of its fields to others: %s %s', async (method, path) => {
    const api = testApi();
    for (const body of [{}, { bogus: 1 }, { drift: { bogus: 1 } }, { rollout: { bogus: 1 } }]) {
      const answer = await api.call(`/v2.0${path}`, { method, body, token: api.tokenFor('mine', 'member') });
      expect([answer.status, faultOf(answer)]).toEqual([403, 'Policy does not allow this request to be performed.']);
    }
  });
});
