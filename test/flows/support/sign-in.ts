import * as z from 'zod';
import type { Stack } from '../../../local/stack.ts';

const object = z.looseObject({ id: z.string() });

/** The local stack's API as a user of its stand-in cloud. */
export const signIn = async ({ apiUrl, cloud }: Stack, user: string, project = 'project-a') => {
  if (cloud === null) throw new Error('the stack has no cloud of its own');
  const scope = { project: { name: project, domain: { name: 'Default' } } };
  const password = { user: { name: user, domain: { name: 'Default' }, password: 'local-secret' } };
  const answer = await fetch(`${cloud.authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password }, scope } }),
  });
  const token = answer.headers.get('x-subject-token') ?? '';

  const call = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${apiUrl}/v2.0/lbaas/${path}`, {
      method,
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? null : z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
    };
  };
  return {
    call,
    /** What is in the answer's wrapper. */
    get: async (path: string, wrapper: string) => object.parse((await call('GET', path)).body?.[wrapper]),
    /** Creates something that must be accepted. */
    async made(path: string, wrapper: string, fields: Readonly<Record<string, unknown>>) {
      const { status, body } = await call('POST', path, { [wrapper]: fields });
      if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
      return z.looseObject({}).parse(body?.[wrapper]);
    },
  };
};
