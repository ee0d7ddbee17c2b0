import { setTimeout as wait } from 'node:timers/promises';
import { request } from 'undici';
import * as z from 'zod';

const shown = z.object({ loadbalancer: z.looseObject({ id: z.string(), provisioning_status: z.string() }) });
type ShownLoadBalancer = z.infer<typeof shown>['loadbalancer'];

export interface Answer {
  readonly status: number;
  /** Parsed JSON; null for an empty body. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface LoadBalancerApi {
  /** @param more headers besides the token's */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    more?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** POST of a load balancer that must be accepted. */
  create(fields: Readonly<Record<string, unknown>>): Promise<ShownLoadBalancer>;
  /** Once it is not PENDING any more; null when it is gone. @throws Error after `limit` milliseconds */
  settled(loadBalancerId: string, limit?: number): Promise<ShownLoadBalancer | null>;
}

export const LOAD_BALANCERS = '/v2.0/lbaas/loadbalancers';

/** The API under test, called with one token. */
export const loadBalancerApi = (url: string, token: string): LoadBalancerApi => {
  const call: LoadBalancerApi['call'] = async (method, path, body, more = {}) => {
    const headers = { ...more, 'x-auth-token': token, accept: 'application/json', 'content-type': 'application/json' };
    const sent = body === undefined ? null : JSON.stringify(body);
    const answer = await request(`${url}${path}`, { method, headers, body: sent });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === '' ? null : JSON.parse(text), headers: answer.headers };
  };
  return {
    call,
    async create(fields) {
      const { status, body } = await call('POST', LOAD_BALANCERS, { loadbalancer: fields });
      if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
      return shown.parse(body).loadbalancer;
    },
    async settled(loadBalancerId, limit = 150_000) {
      for (const end = Date.now() + limit; ; await wait(250)) {
        const { status, body } = await call('GET', `${LOAD_BALANCERS}/${loadBalancerId}`);
        if (status === 404) return null;
        const { loadbalancer } = shown.parse(body);
        if (!loadbalancer.provisioning_status.startsWith('PENDING_')) return loadbalancer;
        if (Date.now() > end) throw new Error(`still ${loadbalancer.provisioning_status} after ${limit} ms`);
      }
    },
  };
};
