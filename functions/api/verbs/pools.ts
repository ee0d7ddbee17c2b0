import { DefaultPoolExistsError } from '../../../lib/errors/conflict.ts';
import { missingChild } from '../../../lib/errors/not-found.ts';
import type { Child } from '../../../lib/models/objects/child.ts';
import type { Listener } from '../../../lib/models/objects/listener.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import { walkChildren } from '../../../lib/repositories/objects/child-lists.ts';
import { namedByPool } from '../../../lib/tls/tls-references.ts';
import { validationFailure } from '../answers/refusals.ts';
import { listsChildren } from '../children/list.ts';
import { namedChild, parentLoadBalancer, requestedChild } from '../children/requested.ts';
import { childVerbs } from '../children/verbs.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { DEFAULT_PROVIDER } from '../fields/provider.ts';
import { newPoolFields } from '../graph/body.ts';
import { checkGraph } from '../graph/check.ts';
import { planPool } from '../graph/pools.ts';
import { checkPoolProtocol } from '../listeners/protocols.ts';
import { checkPool } from '../pools/check.ts';
import { POOL, poolUpdates, updateFields } from '../pools/definition.ts';
import { poolRelations } from '../pools/relations.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { ApiRequest } from '../request/request.ts';
import type { Verbs } from '../request/resource-routes.ts';
import { checkReferences } from '../tls/check-references.ts';
import { checkCiphers, checkTlsLists } from '../tls/options.ts';

const { show, create, updates, removes } = childVerbs({
  kind: 'pool',
  resource: POOL,
  find: (request) => requestedChild(request, 'pool'),
  show: async (pool) => POOL.view(pool, await poolRelations(pool.load_balancer_id, pool.id)),
});

const MONITOR = 'healthmonitor_id';

/** The pools' health monitors, read only where the query names them. */
const monitors = async (projectId: string | null, query: URLSearchParams) => {
  const found = new Map<string, string>();
  const named = [...query].some(
    ([name, value]) => name === MONITOR || (name.startsWith('sort') && value.includes(MONITOR)),
  );
  if (named) {
    const all = walkChildren('health_monitor', projectId, {
      from: null,
      descending: false,
      having: new Map(),
      wanted: null,
    });
    for await (const { id, pool_id } of all) found.set(pool_id, id);
  }
  return ({ id }: Pool) => ({ [MONITOR]: found.get(id) ?? null });
};

interface Parents {
  readonly loadbalancer_id?: string | null | undefined;
  readonly listener_id?: string | null | undefined;
}

/** The parent of the pool: a load balancer, named itself or by one of its listeners. */
const parentsOf = async (request: ApiRequest, { loadbalancer_id, listener_id }: Parents) => {
  const listener: Listener | null = listener_id ? await namedChild(request, 'listener', listener_id) : null;
  const id = loadbalancer_id || listener?.load_balancer_id;
  if (!id) throw validationFailure('Must provide at least one of: loadbalancer_id, listener_id');
  const loadBalancer = await parentLoadBalancer(request, id);
  if (listener !== null && listener.load_balancer_id !== id) throw missingChild('listener', listener.id);
  return { listener, loadBalancer };
};

const REFERENCES = ['tls_enabled', 'tls_certificate_id', 'ca_tls_certificate_id', 'crl_container_id'] as const;

/** What can be done with pools. */
export const poolVerbs = (dependencies: ApiDependencies): Verbs => ({
  list: listsChildren(dependencies.settings, {
    kind: 'pool',
    resource: POOL,
    global: 'os_load-balancer_api:pool:get_all-global',
    elsewhere: monitors,
    related: { fields: ['listeners', 'members', MONITOR], look: (id) => poolRelations(id) },
  }),

  show,

  create: async (request) => {
    const { loadbalancer_id, listener_id, ...fields } = parseResource(request.body, { ...POOL, fields: newPoolFields });
    const { listener, loadBalancer } = await parentsOf(request, { loadbalancer_id, listener_id });
    const { id: load_balancer_id, project_id, provider } = loadBalancer;
    const place = { load_balancer_id, project_id, provider, settings: dependencies.settings() };
    const first = planPool('', fields, place);
    if (listener !== null) checkPoolProtocol(listener.protocol, first.pool.protocol);
    const children: readonly Child[] = [{ kind: 'pool', object: first.pool }, ...first.below];
    await checkGraph(dependencies, request, children, loadBalancer);
    return await create(request, dependencies, {
      load_balancer_id,
      project_id,
      commit: async (worker, id) => {
        // Answered before that the load balancer is busy, as upstream does; the commit checks it again.
        if (listener?.default_pool_id) throw new DefaultPoolExistsError(listener.id);
        const { pool, below } = planPool(id, fields, place);
        return await worker.createPool(pool, listener?.id ?? null, below);
      },
    });
  },

  update: updates(dependencies, {
    fields: updateFields,
    plan: async (request, fields, found) => {
      const settings = dependencies.settings();
      checkCiphers(fields, settings);
      checkTlsLists(fields, settings);
      const changes = poolUpdates(fields, found, settings);
      const wanted = { ...found, ...changes };
      checkPool(wanted, DEFAULT_PROVIDER);
      if (REFERENCES.some((field) => changes[field] !== undefined)) {
        // With TLS switched on, what was named before is new, too.
        const former = wanted.tls_enabled && !found.tls_enabled ? null : namedByPool(found);
        await checkReferences(dependencies, request, namedByPool(wanted), former);
      }
      return changes;
    },
    commit: (worker, id, changes) => worker.updatePool(id, changes),
  }),

  remove: removes(dependencies, (worker, id) => worker.deletePool(id)),
});
