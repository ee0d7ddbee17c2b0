import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import type { AuthOptions } from '../../../../lib/openstack/identity/auth-options/auth-options.ts';
import { createCloudSession } from '../../../../lib/openstack/session.ts';

export interface Asked {
  readonly method: string;
  /** With its query, decoded. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A service that takes the request and never answers. */
export const NEVER: Answer = { status: 0 };

/** What the next requests get: by "METHOD /path" (without query), each list used up in order, the last one stays. */
export type Script = Record<string, readonly Answer[]>;

const signInBody = z.object({
  auth: z.object({ identity: z.object({ password: z.object({ user: z.object({ password: z.string() }) }) }) }),
});

const SERVICES = ['compute', 'network', 'image', 'key-manager'];

/** A cloud on loopback that plays a script and remembers what it was asked. Signs every user in. */
export const fakeCloud = async (script: Script = {}, tokenLifetime = 3600) => {
  const asked: Asked[] = [];
  let signIns = 0;
  const left = new Map(Object.entries(script).map(([key, answers]) => [key, [...answers]]));

  const token = (origin: string): Answer => {
    signIns += 1;
    const endpoint = (type: string) => ({
      type,
      endpoints: [{ interface: 'public', region_id: 'here', url: `${origin}/${type}` }],
    });
    return {
      status: 201,
      headers: { 'x-subject-token': `token-${signIns}` },
      body: {
        token: {
          issued_at: '2026-01-01T00:00:00.000000Z',
          expires_at: new Date(Date.parse('2026-01-01') + tokenLifetime * 1000).toISOString(),
          user: { id: 'worker' },
          project: { id: 'service-project' },
          catalog: SERVICES.map(endpoint),
        },
      },
    };
  };

  const passwords: string[] = [];
  let accepted: string | null = null;
  const signIn = (body: unknown, origin: string): Answer => {
    const { password } = signInBody.parse(body).auth.identity.password.user;
    passwords.push(password);
    return accepted === null || password === accepted ? token(origin) : { status: 401 };
  };

  const server = createServer(async (request, response) => {
    const text = (await buffer(request)).toString('utf8');
    const { method = '', url = '', headers } = request;
    const [path] = url.split('?');
    const key = `${method} ${path}`;
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    if (key !== 'POST /v3/auth/tokens') asked.push({ method, url: decodeURIComponent(url), headers, body });
    const answers = left.get(key);
    const scripted = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0];
    const unscripted = key === 'POST /v3/auth/tokens' ? signIn(body, `http://${headers.host}`) : { status: 418 };
    const answer: Answer = scripted ?? unscripted;
    if (answer === NEVER) return;
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake cloud has no port');
  const { port } = address;

  const options = {
    authUrl: `http://127.0.0.1:${port}/v3`,
    credentials: {
      kind: 'password',
      user: { id: null, name: 'worker' },
      userDomain: { id: 'default', name: null },
      password: 'hunter2-secret',
    },
    project: { id: null, name: 'service' },
    projectDomain: { id: 'default', name: null },
    region: 'here',
    interface: 'public',
    caFile: null,
    verify: true,
    endpointOverrides: {},
  } satisfies AuthOptions;
  let password = 'hunter2-secret';
  let reads = 0;
  const session = createCloudSession({
    authOptions: async () => {
      reads += 1;
      return { ...options, credentials: { ...options.credentials, password } };
    },
    requestTimeout: 5_000,
    connectTimeout: 1_000,
  });
  return {
    options,
    session,
    asked,
    signIns: () => signIns,
    /** From now on the configuration has this password. */
    configurePassword: (changed: string): void => {
      password = changed;
    },
    /** From now on the cloud signs in with this password alone. */
    acceptPassword: (changed: string): void => {
      accepted = changed;
    },
    /** Those that were sent, in their order. */
    passwords,
    /** How often the configuration was read. */
    reads: () => reads,
    close: async () => {
      await session.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type FakeCloud = Awaited<ReturnType<typeof fakeCloud>>;

const open: FakeCloud[] = [];

/** A fake cloud that `closeFakeClouds` closes. */
export const givenCloud = async (script: Script = {}, tokenLifetime?: number): Promise<FakeCloud> => {
  const cloud = await fakeCloud(script, tokenLifetime);
  open.push(cloud);
  return cloud;
};

/** For afterEach. */
export const closeFakeClouds = async (): Promise<void> => {
  await Promise.all(open.splice(0).map((cloud) => cloud.close()));
};
