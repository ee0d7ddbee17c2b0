import { listenerReferences } from '../../../lib/drivers/certificate/tls-references.ts';
import type { Listener } from '../../../lib/models/listener.ts';
import type { Pool } from '../../../lib/models/pool.ts';
import { createChild } from '../children/create-child.ts';
import { parentLoadBalancer } from '../children/parent.ts';
import { missingChild, storedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { unsupportedOption } from '../refusals.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { checkReferences } from '../tls/check-references.ts';
import { checkTlsOptions } from '../tls/options.ts';
import { createFields, WRAPPING } from './body.ts';
import { checkListener } from './check.ts';
import { draftListener } from './draft.ts';
import { shownListener } from './show.ts';

/** The pool that a listener wants, of its own load balancer; null when it wants none. @throws PoolNotFound */
export const defaultPoolOf = async (
  listener: Pick<Listener, 'default_pool_id' | 'load_balancer_id'>,
): Promise<Pool | null> => {
  if (listener.default_pool_id === null) return null;
  const pool = await storedChild('pool', listener.default_pool_id);
  if (pool.load_balancer_id !== listener.load_balancer_id) throw missingChild('pool', pool.id);
  return pool;
};

/** POST /lbaas/listeners */
export const createsListener =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const settings = dependencies.settings();
    const { loadbalancer_id, ...fields } = parseResource(request.body, { ...WRAPPING, fields: createFields });
    const loadBalancer = await parentLoadBalancer(request, loadbalancer_id);
    for (const option of ['default_pool', 'l7policies'] as const) {
      const given = fields[option];
      if (Array.isArray(given) ? given.length > 0 : given) throw unsupportedOption(loadBalancer.provider, option);
    }
    checkTlsOptions(fields, settings);
    const draft = (id: string) =>
      draftListener({ id, project_id: loadBalancer.project_id, load_balancer_id: loadBalancer.id }, fields, settings);
    const first = draft('');
    checkListener(first, { loadBalancer, defaultPool: await defaultPoolOf(first), settings });
    await checkReferences(dependencies, request, listenerReferences(first));
    return await createChild(dependencies, request, {
      kind: 'listener',
      loadBalancerId: loadBalancer.id,
      projectId: loadBalancer.project_id,
      quota: { listener: 1 },
      commit: (id) => dependencies.changes(requesterOf(request)).createListener(draft(id)),
      show: async (listener) => ({ listener: await shownListener(listener) }),
    });
  };
