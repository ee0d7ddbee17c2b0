import { request } from 'undici';
import type { Stack } from '../../local/stack.ts';
import { type LoadBalancerApi, loadBalancerApi } from '../cloud/load-balancer-api.ts';

const PASSWORD = 'local-secret';

/** A token of a user of the stand-in cloud. */
export const signIn = async (authUrl: string, user: string, project: string): Promise<string> => {
  const domain = { name: 'Default' };
  const answer = await request(`${authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, domain, password: PASSWORD } } },
        scope: { project: { name: project, domain } },
      },
    }),
  });
  await answer.body.dump();
  return String(answer.headers['x-subject-token']);
};

/** The stack's API as alice (project-a), bob (project-b) or the operator admin sees it. */
export const tenant = async (stack: Stack, user: 'alice' | 'bob' | 'admin' = 'alice'): Promise<LoadBalancerApi> => {
  if (stack.cloud === null) throw new Error('The stack has no cloud of its own.');
  const project = { alice: 'project-a', bob: 'project-b', admin: 'admin' }[user];
  return loadBalancerApi(stack.apiUrl, await signIn(stack.cloud.authUrl, user, project));
};
