import { describe, expect, it } from 'vitest';
import type { Stack } from '../../local/stack.ts';
import { useStack } from '../helpers/stack.ts';

type Scope = 'system' | string;

/** A token of a user of the stand-in cloud, for a project or for the whole system. */
const tokenOf = async ({ cloud }: Stack, user: string, scope: Scope): Promise<string> => {
  const domain = { name: 'Default' };
  const wanted = scope === 'system' ? { system: { all: true } } : { project: { name: scope, domain } };
  const password = { user: { name: user, domain, password: 'local-secret' } };
  const answer = await fetch(`${cloud?.authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password }, scope: wanted } }),
  });
  return answer.headers.get('x-subject-token') ?? '';
};

const statusOf = async ({ apiUrl }: Stack, token: string, path: string, method = 'GET'): Promise<number> =>
  (await fetch(`${apiUrl}/v2.0/${path}`, { method, headers: { 'x-auth-token': token } })).status;

const revoke = async ({ cloud }: Stack, token: string): Promise<void> => {
  const headers = { 'x-auth-token': token, 'x-subject-token': token };
  expect((await fetch(`${cloud?.authUrl}/auth/tokens`, { method: 'DELETE', headers })).status).toBe(204);
};

/** What a user may: list its own, see all projects', change quotas, see amphorae. */
const rights = async (stack: Stack, user: string, scope: Scope) => {
  const token = await tokenOf(stack, user, scope);
  return [
    await statusOf(stack, token, 'lbaas/loadbalancers'),
    await statusOf(stack, token, 'lbaas/loadbalancers?project_id=another'),
    await statusOf(stack, token, 'lbaas/quotas/another', 'DELETE'),
    await statusOf(stack, token, 'octavia/amphorae'),
  ];
};

describe('users of the stand-in cloud, with Keystone’s default roles', () => {
  const stack = useStack({ settings: { TOKEN_CACHE_SECONDS: '1' } });

  it.each([
    ['admin', 'admin', [200, 200, 202, 200]],
    ['admin', 'system', [200, 200, 202, 200]],
    ['system-reader', 'system', [200, 200, 403, 403]],
    ['alice', 'project-a', [200, 403, 403, 403]],
    ['reader', 'project-a', [200, 403, 403, 403]],
    ['nobody', 'project-a', [200, 403, 403, 403]],
    ['lb-admin', 'project-a', [200, 403, 403, 403]],
    ['other-service', 'service', [403, 403, 403, 403]],
  ] as const)('%s (%s) is answered %j', async (user, scope, due) => {
    expect(await rights(stack(), user, scope)).toEqual(due);
  });

  it('a revoked token ends within the time that Keystone’s answer holds', async () => {
    const token = await tokenOf(stack(), 'alice', 'project-a');
    expect(await statusOf(stack(), token, 'lbaas/loadbalancers')).toBe(200);
    await revoke(stack(), token);
    await expect.poll(() => statusOf(stack(), token, 'lbaas/loadbalancers')).toBe(401);
  });
});

describe('users of the stand-in cloud, with the load balancer service’s roles', () => {
  const stack = useStack({ settings: { POLICY_SET: 'advanced' } });

  it.each([
    ['admin', 'admin', [200, 200, 202, 200]],
    ['lb-admin', 'project-a', [200, 200, 202, 200]],
    ['global-observer', 'project-a', [200, 200, 403, 403]],
    ['quota-admin', 'project-a', [403, 403, 202, 403]],
    ['alice', 'project-a', [200, 403, 403, 403]],
    ['observer', 'project-a', [200, 403, 403, 403]],
    ['nobody', 'project-a', [403, 403, 403, 403]],
    ['reader', 'project-a', [403, 403, 403, 403]],
  ] as const)('%s (%s) is answered %j', async (user, scope, due) => {
    expect(await rights(stack(), user, scope)).toEqual(due);
  });
});
