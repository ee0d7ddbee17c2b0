import { poolReferences } from '../../../lib/drivers/certificate/tls-references.ts';
import { DefaultPoolExistsError } from '../../../lib/errors/conflict.ts';
import type { Listener } from '../../../lib/models/listener.ts';
import { createChild } from '../children/create-child.ts';
import { parentLoadBalancer } from '../children/parent.ts';
import { missingChild, namedChild } from '../children/requested.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { checkPoolProtocol } from '../listeners/protocols.ts';
import { unsupportedOption, validationFailure } from '../refusals.ts';
import type { ApiHandler, ApiRequest } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { checkReferences } from '../tls/check-references.ts';
import { checkTlsOptions } from '../tls/options.ts';
import { createFields, WRAPPING } from './body.ts';
import { checkPool } from './check.ts';
import { draftPool } from './draft.ts';
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
    const settings = dependencies.settings();
    const { loadbalancer_id, listener_id, ...fields } = parseResource(request.body, {
      ...WRAPPING,
      fields: createFields,
    });
    const { listener, loadBalancer } = await parentsOf(request, { loadbalancer_id, listener_id });
    for (const option of ['members', 'healthmonitor'] as const) {
      const given = fields[option];
      if (Array.isArray(given) ? given.length > 0 : given) throw unsupportedOption(loadBalancer.provider, option);
    }
    checkTlsOptions(fields, settings);
    const draft = (id: string) =>
      draftPool({ id, project_id: loadBalancer.project_id, load_balancer_id: loadBalancer.id }, fields, settings);
    const first = draft('');
    checkPool(first, loadBalancer.provider);
    if (listener !== null) {
      checkPoolProtocol(listener.protocol, first.protocol);
      if (listener.default_pool_id !== null) throw new DefaultPoolExistsError(listener.id);
    }
    await checkReferences(dependencies, request, poolReferences(first));
    return await createChild(dependencies, request, {
      kind: 'pool',
      loadBalancerId: loadBalancer.id,
      projectId: loadBalancer.project_id,
      quota: { pool: 1 },
      commit: (id) => dependencies.changes(requesterOf(request)).createPool(draft(id), listener?.id ?? null),
      show: async (pool) => ({ pool: await shownPool(pool) }),
    });
  };
