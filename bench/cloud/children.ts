import type { Octavia } from '../rest/octavia.ts';
import { type CloudBench, timed } from './bench.ts';

/** Two hosts of the member network; they need not answer. */
const MEMBERS = ['10.90.2.11', '10.90.2.12'];

/** Listener, pool, two members, monitor and two member updates, each waited for. Answers the pool's id. */
export const addChildren = async (
  bench: CloudBench,
  client: Octavia,
  loadBalancerId: string,
  prefix = '',
): Promise<string> => {
  const step = <T>(name: string, change: () => Promise<T>): Promise<T> =>
    timed(bench, client, `${prefix}${name}`, loadBalancerId, change);
  const listener = await step('listener create', () =>
    client.create('/lbaas/listeners', 'listener', {
      loadbalancer_id: loadBalancerId,
      protocol: 'HTTP',
      protocol_port: 80,
      name: 'web',
    }),
  );
  const pool = await step('pool create', () =>
    client.create('/lbaas/pools', 'pool', {
      listener_id: listener.id,
      protocol: 'HTTP',
      lb_algorithm: 'ROUND_ROBIN',
    }),
  );
  const members = `/lbaas/pools/${pool.id}/members`;
  let last = '';
  for (const [index, address] of MEMBERS.entries()) {
    const name = index === 0 ? 'member create (plugs its network)' : 'member create';
    const fields = { address, protocol_port: 80, subnet_id: bench.subnets.member };
    last = (await step(name, () => client.create(members, 'member', fields))).id;
  }
  await step('health monitor create', () =>
    client.create('/lbaas/healthmonitors', 'healthmonitor', {
      pool_id: pool.id,
      type: 'HTTP',
      delay: 2,
      timeout: 1,
      max_retries: 2,
      url_path: '/health',
    }),
  );
  for (const weight of [5, 1]) {
    await step('member update', () => client.send('PUT', `${members}/${last}`, { member: { weight } }));
  }
  return pool.id;
};
