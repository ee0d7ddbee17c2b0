import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';

const REQUEST_TIMEOUT_MS = 15_000;
const POLL_MS = 40;

const fault = z.object({ faultstring: z.string() });
const resource = z.looseObject({ id: z.string(), provisioning_status: z.string() });
export type Resource = z.infer<typeof resource>;

export interface Answer {
  readonly status: number;
  /** The parsed body; null when there is none. */
  readonly body: unknown;
}

/** A person's program that speaks the load balancer API. */
export interface Client {
  request(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The object in a successful answer. @throws Error with the service's words */
  send(method: string, path: string, body: Readonly<Record<string, object>>): Promise<Resource>;
  /** @throws Error when it is not there */
  show(path: string, wrapper: string): Promise<Resource>;
}

const read = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
};

/** Why the service said no. */
export const reasonOf = ({ status, body }: Answer): string => {
  const parsed = fault.safeParse(body);
  return parsed.success ? `${status} ${parsed.data.faultstring}` : String(status);
};

const objectIn = (answer: Answer, wrapper: string, what: string): Resource => {
  if (answer.status >= 300) throw new Error(`${what} answered ${reasonOf(answer)}`);
  return z
    .object({ [wrapper]: resource })
    .transform((body) => resource.parse(body[wrapper]))
    .parse(answer.body);
};

/** Gets a token from Keystone with a password. @param project is in the domain of the user, Default */
export const signIn = async (authUrl: string, user: string, password: string, project: string): Promise<string> => {
  const domain = { name: 'Default' };
  const response = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, password, domain } } },
        scope: { project: { name: project, domain } },
      },
    }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  await response.body?.cancel();
  const token = response.headers.get('x-subject-token');
  if (token === null) throw new Error(`Keystone answered ${response.status} to ${user}`);
  return token;
};

/** A client with a token; paths begin below `/v2.0`, for example `/lbaas/loadbalancers`. */
export const createClient = (apiUrl: string, token: string): Client => {
  const request = async (method: string, path: string, body?: unknown): Promise<Answer> =>
    read(
      await fetch(`${apiUrl}/v2.0${path}`, {
        method,
        headers: { 'x-auth-token': token, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  return {
    request,
    send: async (method, path, body) =>
      objectIn(await request(method, path, body), Object.keys(body)[0] ?? '', `${method} ${path}`),
    show: async (path, wrapper) => objectIn(await request('GET', path), wrapper, `GET ${path}`),
  };
};

/** Looks again and again until there is something to answer. @throws Error after `seconds` */
export const until = async <T>(what: string, seconds: number, look: () => Promise<T | null>): Promise<T> => {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${seconds} s`);
    await pause(POLL_MS);
  }
};
