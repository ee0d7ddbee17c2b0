import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { NewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import { type Answer, type TestApi, testApi } from './api.ts';
import { storedLoadBalancer } from './load-balancers.ts';
import { faultOf } from './read.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An API, a settled load balancer in it, and shortcuts that talk about it as a member of its project. */
export interface Workbench {
  readonly api: TestApi;
  readonly loadBalancer: NewLoadBalancer;
  readonly token: string;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Creates it; its fields. @throws Error it is refused */
  made(path: string, wrapper: string, fields: Fields): Promise<Made>;
  /** Status and text of a refusal. */
  refused(method: string, path: string, body?: unknown): Promise<readonly [number, string]>;
  listener(fields?: Fields): Promise<Made>;
  pool(fields?: Fields): Promise<Made>;
  member(poolId: string, fields?: Fields): Promise<Made>;
  monitor(poolId: string, fields?: Fields): Promise<Made>;
  policy(listenerId: string, fields?: Fields): Promise<Made>;
}

const object = z.looseObject({ id: z.string() });
export type Made = z.infer<typeof object>;

/** What is in an answer's wrapper. */
export const inside = ({ body }: Answer, wrapper: string): Made => object.parse(body[wrapper]);

/** The objects of a list. */
export const listed = ({ body }: Answer, plural: string): readonly Made[] => z.array(object).parse(body[plural]);

export const workbench = async (
  changes: Parameters<typeof testApi>[0] = {},
  loadBalancerChanges: Partial<NewLoadBalancer> = {},
): Promise<Workbench> => {
  const api = testApi(changes);
  const loadBalancer = await storedLoadBalancer({ project_id: randomUUID(), ...loadBalancerChanges });
  const token = api.tokenFor(loadBalancer.project_id, 'member');
  const call: Workbench['call'] = (method, path, body) =>
    api.call(`/v2.0/lbaas/${path}`, { method, token, ...(body === undefined ? {} : { body }) });
  const made: Workbench['made'] = async (path, wrapper, fields) => {
    const answer = await call('POST', path, { [wrapper]: fields });
    if (answer.status !== 201) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return inside(answer, wrapper);
  };
  return {
    api,
    loadBalancer,
    token,
    call,
    made,
    async refused(method, path, body) {
      const answer = await call(method, path, body);
      return [answer.status, faultOf(answer)];
    },
    listener: (fields = {}) =>
      made('listeners', 'listener', {
        loadbalancer_id: loadBalancer.id,
        protocol: 'HTTP',
        protocol_port: 80,
        ...fields,
      }),
    pool: (fields = {}) =>
      made('pools', 'pool', {
        loadbalancer_id: loadBalancer.id,
        protocol: 'HTTP',
        lb_algorithm: 'ROUND_ROBIN',
        ...fields,
      }),
    member: (poolId, fields = {}) =>
      made(`pools/${poolId}/members`, 'member', { address: '10.2.0.5', protocol_port: 8080, ...fields }),
    monitor: (poolId, fields = {}) =>
      made('healthmonitors', 'healthmonitor', {
        pool_id: poolId,
        type: 'HTTP',
        delay: 5,
        timeout: 3,
        max_retries: 2,
        ...fields,
      }),
    policy: (listenerId, fields = {}) =>
      made('l7policies', 'l7policy', { listener_id: listenerId, action: 'REJECT', ...fields }),
  };
};
