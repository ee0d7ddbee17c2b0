import { beforeAll, expect, it } from 'vitest';
import { getOperation } from '../../../../../lib/repositories/operations/operations.ts';
import { useTable } from '../../../../helpers/table.ts';
import { inside, workbench } from '../support/resources.ts';

beforeAll(useTable);

const MEMBER = { address: '10.2.0.5', protocol_port: 8080 };

it('every write below a load balancer, and of it, answers its operation; reads and repetitions without effect none', async () => {
  const { call, loadBalancer } = await workbench();
  const seen = new Set<string>();
  const write = async (method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body);
    const id = String(answer.headers['x-operation-id']);
    expect([`${method} ${path}`, answer.status]).toEqual([
      `${method} ${path}`,
      { POST: 201, DELETE: 204 }[method] ?? answer.status,
    ]);
    expect((await getOperation(id)).loadbalancer_id).toBe(loadBalancer.id);
    expect(seen).not.toContain(id);
    seen.add(id);
    return answer;
  };
  const made = async (path: string, wrapper: string, fields: object) =>
    inside(await write('POST', path, { [wrapper]: fields }), wrapper).id;
  const update = { name: 'new' };
  const listener = await made('listeners', 'listener', {
    loadbalancer_id: loadBalancer.id,
    protocol: 'HTTP',
    protocol_port: 80,
  });
  const pool = await made('pools', 'pool', {
    loadbalancer_id: loadBalancer.id,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
  });
  const member = await made(`pools/${pool}/members`, 'member', MEMBER);
  const monitor = await made('healthmonitors', 'healthmonitor', {
    pool_id: pool,
    type: 'HTTP',
    delay: 5,
    timeout: 3,
    max_retries: 2,
  });
  const policy = await made('l7policies', 'l7policy', { listener_id: listener, action: 'REJECT' });
  const rule = await made(`l7policies/${policy}/rules`, 'rule', {
    type: 'PATH',
    compare_type: 'STARTS_WITH',
    value: '/a',
  });
  await write('PUT', `listeners/${listener}`, { listener: update });
  await write('PUT', `pools/${pool}`, { pool: update });
  await write('PUT', `pools/${pool}/members/${member}`, { member: update });
  await write('PUT', `healthmonitors/${monitor}`, { healthmonitor: update });
  await write('PUT', `l7policies/${policy}`, { l7policy: update });
  await write('PUT', `l7policies/${policy}/rules/${rule}`, { rule: { value: '/b' } });
  await write('PUT', `pools/${pool}/members`, { members: [{ ...MEMBER, weight: 7 }] });
  const unchanged = await call('PUT', `pools/${pool}/members`, { members: [{ ...MEMBER, weight: 7 }] });
  expect([unchanged.status, unchanged.headers['x-operation-id']]).toEqual([202, undefined]);
  await write('DELETE', `l7policies/${policy}/rules/${rule}`);
  await write('DELETE', `l7policies/${policy}`);
  await write('DELETE', `healthmonitors/${monitor}`);
  await write('DELETE', `pools/${pool}/members/${member}`);
  await write('DELETE', `pools/${pool}`);
  await write('DELETE', `listeners/${listener}`);
  expect((await call('GET', `listeners/${listener}`)).headers['x-operation-id']).toBeUndefined();
});
