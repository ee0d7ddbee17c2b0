import { type Figure, figure } from '../report/figure.ts';
import { quantile } from '../report/statistics.ts';
import type { Octavia } from '../rest/octavia.ts';
import type { Section } from './section.ts';

const REQUESTS = 30;

/** Milliseconds of each of so many calls, one after another. @param settle runs after each call, unmeasured */
const timesOf = async (call: (index: number) => Promise<unknown>, settle?: () => Promise<void>): Promise<number[]> => {
  const times: number[] = [];
  for (let index = 1; index <= REQUESTS; index += 1) {
    const begun = performance.now();
    await call(index);
    times.push(performance.now() - begun);
    await settle?.();
  }
  return times;
};

const figuresFor = (name: string, times: readonly number[]): readonly Figure[] => [
  figure(`${name}, p50`, quantile(times, 0.5), 'ms', { note: `of ${times.length}` }),
  figure(`${name}, p95`, quantile(times, 0.95), 'ms'),
];

const plantByApi = async (api: Octavia, vipSubnetId: string) => {
  const { id } = await api.createLoadBalancer({ name: 'latencies', vip_subnet_id: vipSubnetId });
  await api.untilActive(id);
  const listener = await api.create('/lbaas/listeners', 'listener', {
    loadbalancer_id: id,
    protocol: 'HTTP',
    protocol_port: 80,
  });
  const pool = await api.create('/lbaas/pools', 'pool', {
    listener_id: listener.id,
    protocol: 'HTTP',
    lb_algorithm: 'ROUND_ROBIN',
  });
  await api.untilActive(id);
  return { id, members: `/lbaas/pools/${pool.id}/members` };
};

/** How fast the API answers, one request at a time. */
export const api: Section = {
  name: 'api',
  about: 'answers of the HTTP API, one request at a time',
  run: async ({ api: client, facts }, note) => {
    const { id, members } = await plantByApi(client, facts.vipSubnetId);
    const path = `/lbaas/loadbalancers/${id}`;
    const settle = (): Promise<void> => client.untilActive(id);
    note(...figuresFor('GET load balancer', await timesOf(() => client.send('GET', path))));
    note(...figuresFor('list load balancers', await timesOf(() => client.send('GET', '/lbaas/loadbalancers'))));
    const describe = (index: number) => client.send('PUT', path, { loadbalancer: { description: `${index}` } });
    note(...figuresFor('PUT load balancer answered', await timesOf(describe, settle)));
    const add = (index: number) => client.create(members, 'member', { address: `10.9.0.${index}`, protocol_port: 80 });
    note(...figuresFor('POST member answered', await timesOf(add, settle)));
    const addAndWait = async (index: number): Promise<void> => {
      await client.create(members, 'member', { address: `10.9.1.${index}`, protocol_port: 80 });
      await settle();
    };
    note(...figuresFor('POST member until ACTIVE', await timesOf(addAndWait)));
    await client.send('DELETE', `${path}?cascade=true`);
    await client.untilGone(id);
  },
};
