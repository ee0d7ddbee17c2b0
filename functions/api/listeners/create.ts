import { missingChild } from '../../../lib/errors/not-found.ts';
import type { Child } from '../../../lib/models/child.ts';
import type { Listener } from '../../../lib/models/listener.ts';
import type { Pool } from '../../../lib/models/pool.ts';
import { createChild } from '../children/create-child.ts';
import { parentLoadBalancer } from '../children/parent.ts';
import { storedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import type { GraphListener } from '../graph/body.ts';
import { checkGraph } from '../graph/check.ts';
import { planListener } from '../graph/listeners.ts';
import { planPools, poolsOf } from '../graph/pools.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { WRAPPING } from './body.ts';
import { createFields } from './create-body.ts';
import { shownListener } from './show.ts';

/** A pool of that load balancer. @throws PoolNotFound */
const poolOfLoadBalancer = async (id: string, loadBalancerId: string): Promise<Pool> => {
  const pool = await storedChild('pool', id);
  if (pool.load_balancer_id !== loadBalancerId) throw missingChild('pool', pool.id);
  return pool;
};

/** The pool that a listener wants, of its own load balancer; null when it wants none. @throws PoolNotFound */
export const defaultPoolOf = async (
  listener: Pick<Listener, 'default_pool_id' | 'load_balancer_id'>,
): Promise<Pool | null> => {
  if (listener.default_pool_id === null) return null;
  return await poolOfLoadBalancer(listener.default_pool_id, listener.load_balancer_id);
};

/** The load balancer's pools that a new listener and its policies name by their ids. @throws PoolNotFound */
const existingPools = async (
  { default_pool_id, l7policies }: GraphListener,
  loadBalancerId: string,
): Promise<ReadonlyMap<string, Pool>> => {
  const named = [default_pool_id, ...(l7policies ?? []).map(({ redirect_pool_id }) => redirect_pool_id)];
  const ids = new Set(named.flatMap((id) => id ?? []));
  const pools = await Promise.all([...ids].map((id) => poolOfLoadBalancer(id, loadBalancerId)));
  return new Map(pools.map((pool) => [pool.id, pool]));
};

/** POST /lbaas/listeners */
export const createsListener =
  (dependencies: ApiDependencies): ApiHandler =>
  async (request) => {
    const settings = dependencies.settings();
    const { loadbalancer_id, ...fields } = parseResource(request.body, { ...WRAPPING, fields: createFields });
    const loadBalancer = await parentLoadBalancer(request, loadbalancer_id);
    const { id: load_balancer_id, project_id, provider } = loadBalancer;
    const place = { load_balancer_id, project_id, provider, settings };
    const existing = await existingPools(fields, load_balancer_id);
    const plan = (id: string) => {
      const pools = planPools([], poolsOf(fields), place);
      const { listener, below } = planListener(id, fields, { ...place, pools, existing, loadBalancer });
      return { listener, below: [...pools.children, ...below] };
    };
    const first = plan('');
    const children: readonly Child[] = [{ kind: 'listener', object: first.listener }, ...first.below];
    await checkGraph(dependencies, request, children, loadBalancer);
    return await createChild(request, {
      kind: 'listener',
      loadBalancerId: load_balancer_id,
      projectId: project_id,
      commit: (id) => {
        const { listener, below } = plan(id);
        return dependencies.changes(requesterOf(request)).createListener(listener, below);
      },
      show: async (listener) => ({ listener: await shownListener(listener) }),
    });
  };
