import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { httpTransport } from '../../lib/openstack/http/transport.ts';

const REQUEST_TIMEOUT_MS = 120_000;
const CONNECT_TIMEOUT_MS = 10_000;
const POLL_MS = 100;

const identified = z.looseObject({ id: z.string() });
const loadBalancer = z.looseObject({ id: z.string(), provisioning_status: z.string(), vip_address: z.string() });
export type ShownLoadBalancer = z.infer<typeof loadBalancer>;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Answer {
  readonly status: number;
  /** The parsed body; null when there is none. */
  readonly body: unknown;
}

/** An Octavia v2 endpoint of any implementation. Paths begin below the version: `/lbaas/listeners`. */
export interface Octavia {
  /** @throws Error with the service's words, for any status that is not a success */
  send(method: Method, path: string, body?: unknown): Promise<Answer>;
  /** POST of one wrapped object; answers the object. */
  create(path: string, wrapper: string, fields: Readonly<Record<string, unknown>>): Promise<{ readonly id: string }>;
  createLoadBalancer(fields: Readonly<Record<string, unknown>>): Promise<ShownLoadBalancer>;
  /** null when it is gone. */
  show(loadBalancerId: string): Promise<ShownLoadBalancer | null>;
  /** Looks every 100 ms. @throws Error it ends in ERROR, or the time is up */
  untilActive(loadBalancerId: string, limitMs?: number): Promise<void>;
  /** @throws Error it ends in ERROR, or the time is up */
  untilGone(loadBalancerId: string, limitMs?: number): Promise<void>;
  close(): Promise<void>;
}

const parsed = (bytes: Uint8Array): unknown => {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
};

/** @param newToken asked for at the first call, and again when the endpoint says 401 */
export const octavia = (url: string, newToken: () => Promise<string>): Octavia => {
  const base = `${url.replace(/\/+$/, '')}/v2`;
  const transport = httpTransport({ connectTimeout: CONNECT_TIMEOUT_MS, ca: null, verify: true });
  let token: Promise<string> | null = null;

  const once = async (method: Method, path: string, body: unknown): Promise<Answer> => {
    token ??= newToken();
    const { status, bytes } = await transport.send({
      method,
      url: `${base}${path}`,
      headers: { accept: 'application/json', 'content-type': 'application/json', 'x-auth-token': await token },
      body: body === undefined ? null : JSON.stringify(body),
      timeout: REQUEST_TIMEOUT_MS,
    });
    return { status, body: parsed(bytes) };
  };

  const request = async (method: Method, path: string, body?: unknown): Promise<Answer> => {
    const answer = await once(method, path, body);
    if (answer.status !== 401) return answer;
    token = null;
    return await once(method, path, body);
  };

  const send: Octavia['send'] = async (method, path, body) => {
    const answer = await request(method, path, body);
    if (answer.status < 300) return answer;
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`);
  };

  const show: Octavia['show'] = async (id) => {
    const path = `/lbaas/loadbalancers/${id}`;
    const answer = await request('GET', path);
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}`);
    return z.object({ loadbalancer: loadBalancer }).parse(answer.body).loadbalancer;
  };

  const until = async (id: string, wanted: 'ACTIVE' | 'DELETED', limitMs: number): Promise<void> => {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const status = (await show(id))?.provisioning_status ?? 'DELETED';
      if (status === wanted) return;
      if (status === 'ERROR' || status === 'DELETED') throw new Error(`load balancer ${id} is ${status}`);
      if (performance.now() > deadline) throw new Error(`load balancer ${id} is ${status} after ${limitMs} ms`);
      await pause(POLL_MS);
    }
  };

  const create = async <T>(path: string, wrapper: string, fields: object, shape: z.ZodType<T>): Promise<T> => {
    const { body } = await send('POST', path, { [wrapper]: fields });
    return z
      .record(z.string(), z.unknown())
      .transform((found) => shape.parse(found[wrapper]))
      .parse(body);
  };

  return {
    send,
    show,
    create: (path, wrapper, fields) => create(path, wrapper, fields, identified),
    createLoadBalancer: (fields) => create('/lbaas/loadbalancers', 'loadbalancer', fields, loadBalancer),
    untilActive: (id, limitMs = 400_000) => until(id, 'ACTIVE', limitMs),
    untilGone: (id, limitMs = 300_000) => until(id, 'DELETED', limitMs),
    close: () => transport.close(),
  };
};
