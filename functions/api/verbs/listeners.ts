import { missingChild } from '../../../lib/errors/not-found.ts';
import type { Child } from '../../../lib/models/objects/child.ts';
import type { Listener } from '../../../lib/models/objects/listener.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import { getLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { listenerReferences } from '../../../lib/tls/tls-references.ts';
import { listsChildren } from '../children/list.ts';
import { parentLoadBalancer, requestedChild, storedChild } from '../children/requested.ts';
import { relationsOf } from '../children/trees.ts';
import { childVerbs } from '../children/verbs.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { type GraphListener, newListenerFields } from '../graph/body.ts';
import { checkGraph } from '../graph/check.ts';
import { planListener } from '../graph/listeners.ts';
import { planPools, poolsOf } from '../graph/pools.ts';
import { checkListener } from '../listeners/check.ts';
import { defaultTlsOptions, LISTENER, updateFields } from '../listeners/definition.ts';
import { checkPoolProtocol } from '../listeners/protocols.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { ApiHandler } from '../request/request.ts';
import type { Verbs } from '../request/resource-routes.ts';
import { findTotals } from '../statistics/total.ts';
import { checkReferences } from '../tls/check-references.ts';
import { checkCiphers, checkTlsLists } from '../tls/options.ts';

const { show, create, updates, removes } = childVerbs({
  kind: 'listener',
  resource: LISTENER,
  find: (request) => requestedChild(request, 'listener'),
  show: async (listener) => LISTENER.view(listener, await relationsOf(listener.load_balancer_id)),
});

/** A pool of that load balancer. @throws PoolNotFound */
const poolOfLoadBalancer = async (id: string, loadBalancerId: string): Promise<Pool> => {
  const pool = await storedChild('pool', id);
  if (pool.load_balancer_id !== loadBalancerId) throw missingChild('pool', pool.id);
  return pool;
};

/** Whether the pool that a listener wants is there, and fits. @throws PoolNotFound @throws ApiError 400 */
const checkDefaultPool = async ({ default_pool_id, load_balancer_id, protocol }: Listener): Promise<void> => {
  if (default_pool_id === null) return;
  checkPoolProtocol(protocol, (await poolOfLoadBalancer(default_pool_id, load_balancer_id)).protocol);
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

/** GET /lbaas/listeners/{id}/stats: the sum over its amphorae. */
export const showListenerStats: ApiHandler = async (request) => {
  const { id, load_balancer_id } = await requestedChild(request, 'listener');
  return { status: 200, body: { stats: await findTotals(load_balancer_id, (listenerId) => listenerId === id) } };
};

const REFERENCES = [
  'tls_certificate_id',
  'sni_containers',
  'client_ca_tls_certificate_id',
  'client_crl_container_id',
] as const;

/** What can be done with listeners. */
export const listenerVerbs = (dependencies: ApiDependencies): Verbs => ({
  list: listsChildren(dependencies.settings, {
    kind: 'listener',
    resource: LISTENER,
    global: 'os_load-balancer_api:listener:get_all-global',
    related: { fields: ['l7policies'], look: relationsOf },
  }),

  show,

  create: async (request) => {
    const settings = dependencies.settings();
    const { loadbalancer_id, ...fields } = parseResource(request.body, { ...LISTENER, fields: newListenerFields });
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
    return await create(request, dependencies, {
      load_balancer_id,
      project_id,
      commit: (worker, id) => {
        const { listener, below } = plan(id);
        return worker.createListener(listener, below);
      },
    });
  },

  update: updates(dependencies, {
    fields: updateFields,
    plan: async (request, fields, found) => {
      const settings = dependencies.settings();
      checkCiphers(fields, settings);
      checkTlsLists(fields, settings);
      // The options of TLS are reset also where there is no TLS, as upstream does.
      const changes = LISTENER.updates(fields, { settings, tls: defaultTlsOptions(settings) });
      const wanted = { ...found, ...changes };
      const loadBalancer = await getLoadBalancer(found.load_balancer_id);
      checkListener(wanted, { loadBalancer, defaultPool: null, settings });
      if (changes.default_pool_id !== undefined) await checkDefaultPool(wanted);
      if (REFERENCES.some((reference) => changes[reference] !== undefined)) {
        await checkReferences(dependencies, request, listenerReferences(wanted), listenerReferences(found));
      }
      return changes;
    },
    commit: (worker, id, changes) => worker.updateListener(id, changes),
  }),

  remove: removes(dependencies, (worker, id) => worker.deleteListener(id)),
});
