import { missingChild } from '../../../lib/errors/not-found.ts';
import type { Child } from '../../../lib/models/child.ts';
import type { Listener } from '../../../lib/models/listener.ts';
import { createChild } from '../children/create-child.ts';
import { parentLoadBalancer } from '../children/parent.ts';
import { namedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { checkGraph } from '../graph/check.ts';
import { planPool } from '../graph/pools.ts';
import { checkPoolProtocol } from '../listeners/protocols.ts';
import { validationFailure } from '../refusals.ts';
import type { ApiHandler, ApiRequest } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { createFields, WRAPPING } from './body.ts';
import { shownPool } from './show.ts';

interface Parents {
  readonly loadbalancer_id?: string | null | undefined;
  readonly listener_id?: string | null | undefined;
}

/** Whom the pool is for: a load balancer, named itself or by one of its listeners. */
const parentsOf = async (request: ApiRequest, { loadbalancer_id, listener_id }: Parents) => {
  const listener: Listener | null = listener_id ? await namedChild(request, 'listener', listener_id) : null;
  const id = loadbalancer_id || listener?.load_balancer_id;
  if (!id) throw validationFailure('Must provide at least one of: loadbalancer_id, listener_id');
  const loadBalancer = await parentLoadBalancer(request, id);
  if (listener !== null && listener.load_balancer_id !== id) throw missingChild('listener', listener.id);
  return { listener, loadBalancer };
};

/** POST /lbaas/pools */
export const createsPool =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const { loadbalancer_id, listener_id, ...fields } = parseResource(request.body, {
      ...WRAPPING,
      fields: createFields,
    });
    const { listener, loadBalancer } = await parentsOf(request, { loadbalancer_id, listener_id });
    const { id: load_balancer_id, project_id, provider } = loadBalancer;
    const place = { load_balancer_id, project_id, provider, settings: dependencies.settings() };
    const first = planPool('', fields, place);
    if (listener !== null) checkPoolProtocol(listener.protocol, first.pool.protocol);
    const children: readonly Child[] = [{ kind: 'pool', object: first.pool }, ...first.below];
    await checkGraph(dependencies, request, children, loadBalancer);
    return await createChild(request, {
      kind: 'pool',
      loadBalancerId: load_balancer_id,
      projectId: project_id,
      commit: (id) => {
        const { pool, below } = planPool(id, fields, place);
        return dependencies.changes(requesterOf(request)).createPool(pool, listener?.id ?? null, below);
      },
      show: async (pool) => ({ pool: await shownPool(pool) }),
    });
  };
