import { randomUUID } from 'node:crypto';
import { missingChild } from '../../../lib/errors/not-found.ts';
import type { Child } from '../../../lib/models/objects/child.ts';
import type { L7Policy } from '../../../lib/models/objects/l7.ts';
import type { Listener } from '../../../lib/models/objects/listener.ts';
import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import { validationFailure } from '../answers/refusals.ts';
import { checkPolicyListener, rulesWith } from '../l7-policies/check.ts';
import { draftL7Policy } from '../l7-policies/definition.ts';
import { checkListener } from '../listeners/check.ts';
import { draftListener } from '../listeners/definition.ts';
import { checkPoolProtocol, terminatesTls } from '../listeners/protocols.ts';
import { checkCiphers, checkTlsLists } from '../tls/options.ts';
import type { GraphListener, GraphPolicy, GraphPool } from './body.ts';
import { type GraphPlace, type PlannedPools, plannedPool } from './pools.ts';

/** What a listener of a graph is planned with. */
export interface ListenerPlace extends GraphPlace {
  /** Pools that come with it. */
  readonly pools: PlannedPools;
  /** Pools its load balancer has already, by their ids. */
  readonly existing: ReadonlyMap<string, Pool>;
  /** null while its addresses are not known. */
  readonly loadBalancer: Pick<LoadBalancer, 'vip' | 'additional_vips'> | null;
}

/** A listener, and the policies and rules that come with it. */
export interface PlannedListener {
  readonly listener: Listener;
  readonly below: readonly Child[];
}

/** The pool that comes with an object, or the existing one that it names; null for none. */
const poolFor = (
  field: 'default_pool' | 'redirect_pool',
  given: GraphPool | null | undefined,
  id: string | null | undefined,
  { pools, existing }: ListenerPlace,
): Pool | null => {
  if (given && id) throw validationFailure(`Only one of ${field} and ${field}_id can be given.`);
  if (given) return plannedPool(pools, given);
  if (!id) return null;
  const found = existing.get(id);
  if (found === undefined) throw missingChild('pool', id);
  return found;
};

const policyOf = (given: GraphPolicy, listener: Listener, place: ListenerPlace): L7Policy => {
  const { project_id, load_balancer_id, id: listener_id } = listener;
  const pool = poolFor('redirect_pool', given.redirect_pool, given.redirect_pool_id, place);
  if (pool !== null) checkPoolProtocol(listener.protocol, pool.protocol);
  return draftL7Policy(
    { id: randomUUID(), project_id, load_balancer_id, listener_id },
    { ...given, redirect_pool_id: pool?.id },
  );
};

/** The listener's policies in their order, with their rules. */
const policiesOf = (given: GraphListener, listener: Listener, place: ListenerPlace): readonly Child[] => {
  const policies = given.l7policies ?? [];
  if (policies.length > 0) checkPolicyListener(listener, place.provider);
  const inOrder: { readonly object: L7Policy; readonly policy: GraphPolicy }[] = [];
  // As if they were created one after the other: a later one moves those from its position on.
  for (const policy of policies) {
    const object = policyOf(policy, listener, place);
    inOrder.splice(object.position - 1, 0, { object, policy });
  }
  return inOrder.flatMap(({ object, policy }, index): readonly Child[] => [
    { kind: 'l7_policy', object: { ...object, position: index + 1 } },
    ...rulesWith(object, policy.rules ?? []).map((rule): Child => ({ kind: 'l7_rule', object: rule })),
  ]);
};

/**
 * The listener that the fields ask for, with what comes with it besides its pools.
 * @throws ApiError 400, 501
 * @throws PoolNotFound
 */
export const planListener = (id: string, given: GraphListener, place: ListenerPlace): PlannedListener => {
  const { settings, project_id, load_balancer_id } = place;
  checkCiphers(given, settings);
  const defaultPool = poolFor('default_pool', given.default_pool, given.default_pool_id, place);
  const wanted = { ...given, default_pool_id: defaultPool?.id };
  const listener = draftListener({ id, project_id, load_balancer_id }, wanted, settings);
  checkListener(listener, { loadBalancer: place.loadBalancer, defaultPool, settings });
  if (terminatesTls(listener)) checkTlsLists(given, settings);
  return { listener, below: policiesOf(given, listener, place) };
};
