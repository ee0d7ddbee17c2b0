import { expect, test } from 'vitest';
import * as z from 'zod';
import { useStack } from '../helpers/stack.ts';
import { signIn } from './support/sign-in.ts';

const stack = useStack();

const object = z.looseObject({ id: z.string() });
type Fields = Readonly<Record<string, unknown>>;

test('every resource is created, shown, listed, changed and deleted, and ends ACTIVE or gone', async () => {
  const { call, get } = await signIn(stack(), 'alice');
  const subnet = stack().cloud?.facts.vipSubnetId;

  const settled = async (id: string) => {
    const active = async () => (await get(`loadbalancers/${id}`, 'loadbalancer')).provisioning_status;
    await expect.poll(active).toBe('ACTIVE');
  };
  const create = async (path: string, wrapper: string, fields: Fields) => {
    const answer = await call('POST', path, { [wrapper]: fields });
    expect([answer.status, answer.body]).toMatchObject([201, { [wrapper]: { provisioning_status: 'PENDING_CREATE' } }]);
    return object.parse(answer.body?.[wrapper]).id;
  };

  const lb = await create('loadbalancers', 'loadbalancer', { name: 'lb', vip_subnet_id: subnet });
  await settled(lb);

  const listener = await create('listeners', 'listener', {
    loadbalancer_id: lb,
    protocol: 'HTTP',
    protocol_port: 8081,
  });
  const pool = await create('pools', 'pool', { listener_id: listener, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' });
  const member = await create(`pools/${pool}/members`, 'member', { address: '127.10.2.9', protocol_port: 8080 });
  const monitor = { pool_id: pool, type: 'HTTP', delay: 5, timeout: 3, max_retries: 2 };
  const healthMonitor = await create('healthmonitors', 'healthmonitor', monitor);
  const policy = await create('l7policies', 'l7policy', { listener_id: listener, action: 'REJECT' });
  const rule = { type: 'PATH', compare_type: 'STARTS_WITH', value: '/no' };
  const l7Rule = await create(`l7policies/${policy}/rules`, 'rule', rule);
  await settled(lb);

  const resources = [
    { path: `l7policies/${policy}/rules`, id: l7Rule, wrapper: 'rule', plural: 'rules', change: { value: '/never' } },
    { path: 'l7policies', id: policy, wrapper: 'l7policy', plural: 'l7policies', change: { name: 'n' } },
    {
      path: 'healthmonitors',
      id: healthMonitor,
      wrapper: 'healthmonitor',
      plural: 'healthmonitors',
      change: { delay: 9 },
    },
    { path: `pools/${pool}/members`, id: member, wrapper: 'member', plural: 'members', change: { weight: 9 } },
    { path: 'pools', id: pool, wrapper: 'pool', plural: 'pools', change: { lb_algorithm: 'SOURCE_IP' } },
    { path: 'listeners', id: listener, wrapper: 'listener', plural: 'listeners', change: { connection_limit: 9 } },
  ];

  for (const { path, id, wrapper, plural } of resources) {
    const shown = await get(`${path}/${id}`, wrapper);
    expect(shown).toMatchObject({ id, provisioning_status: 'ACTIVE' });
    expect((await call('GET', path)).body).toMatchObject({ [plural]: [shown] });
  }
  for (const { path, id, wrapper, change } of resources) {
    const answer = await call('PUT', `${path}/${id}`, { [wrapper]: change });
    expect([answer.status, answer.body]).toMatchObject([200, { [wrapper]: change }]);
  }
  await settled(lb);
  for (const { path, id, wrapper, change } of resources) {
    expect(await get(`${path}/${id}`, wrapper)).toMatchObject({ ...change, provisioning_status: 'ACTIVE' });
  }

  const batch = { members: [{ address: '127.10.2.10', protocol_port: 8080 }] };
  expect((await call('PUT', `pools/${pool}/members`, batch)).status).toBe(202);
  await settled(lb);
  expect((await call('GET', `pools/${pool}/members`)).body).toMatchObject({
    members: [{ address: '127.10.2.10', provisioning_status: 'ACTIVE' }],
  });

  for (const { path, id } of resources.filter(({ plural }) => plural !== 'members')) {
    expect((await call('DELETE', `${path}/${id}`)).status).toBe(204);
    const gone = async () => (await call('GET', `${path}/${id}`)).status;
    await expect.poll(gone).toBe(404);
    await settled(lb);
  }
  expect(await get(`loadbalancers/${lb}`, 'loadbalancer')).toMatchObject({ listeners: [], pools: [] });
});

test('a load balancer comes with everything below it, and is failed over and deleted with it', async () => {
  const { call, get } = await signIn(stack(), 'alice');
  const operator = await signIn(stack(), 'admin', 'admin');
  const pool = {
    name: 'p',
    protocol: 'TCP',
    lb_algorithm: 'ROUND_ROBIN',
    members: [{ address: '127.10.2.9', protocol_port: 1 }],
  };
  const listeners = [{ protocol: 'TCP', protocol_port: 8082, default_pool: pool }];
  const fields = { vip_subnet_id: stack().cloud?.facts.vipSubnetId, listeners };
  const answer = await call('POST', 'loadbalancers', { loadbalancer: fields });
  const { id } = object.parse(answer.body?.loadbalancer);
  const status = async () => (await get(`loadbalancers/${id}`, 'loadbalancer')).provisioning_status;
  await expect.poll(status).toBe('ACTIVE');
  expect((await call('GET', `pools?loadbalancer_id=${id}`)).body).toMatchObject({
    pools: [{ name: 'p', provisioning_status: 'ACTIVE', members: [{}], listeners: [{}] }],
  });
  expect((await call('PUT', `loadbalancers/${id}/failover`)).status).toBe(403);
  expect((await operator.call('PUT', `loadbalancers/${id}/failover`)).status).toBe(202);
  await expect.poll(status).toBe('ACTIVE');
  expect((await call('DELETE', `loadbalancers/${id}?cascade=true`)).status).toBe(204);
  const gone = async () => (await call('GET', `loadbalancers/${id}`)).status;
  await expect.poll(gone).toBe(404);
});
