import { randomUUID } from 'node:crypto';
import { DuplicateListenerError } from '../../../lib/errors/conflict.ts';
import type { Child } from '../../../lib/models/child.ts';
import type { L7Policy } from '../../../lib/models/l7.ts';
import type { Listener } from '../../../lib/models/listener.ts';
import { checkPolicyListener } from '../l7-policies/check.ts';
import { draftL7Policy } from '../l7-policies/draft.ts';
import { rulesWith } from '../l7-policies/rules-with.ts';
import { checkListener } from '../listeners/check.ts';
import { draftListener } from '../listeners/draft.ts';
import { checkPoolProtocol } from '../listeners/protocols.ts';
import { checkTlsOptions } from '../tls/options.ts';
import type { GraphFields, GraphListener, GraphPolicy } from './graph-body.ts';
import { type GraphPlace, type PlannedPools, plannedPool, planPools } from './graph-pools.ts';

const FIRST_PEER_PORT = 1025;

/** UDP and SCTP have ports of their own; everything else shares TCP's. */
const transport = ({ protocol }: Listener): string => (protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP');

const policyOf = (given: GraphPolicy, listener: Listener, pools: PlannedPools): L7Policy => {
  const { project_id, load_balancer_id, id: listener_id } = listener;
  const pool = plannedPool(pools, given.redirect_pool);
  if (pool !== null) checkPoolProtocol(listener.protocol, pool.protocol);
  const place = { id: randomUUID(), project_id, load_balancer_id, listener_id };
  return draftL7Policy(place, { ...given, redirect_pool_id: pool?.id });
};

/** The listener's policies in their order, with their rules. */
const policiesOf = (
  given: GraphListener,
  listener: Listener,
  pools: PlannedPools,
  provider: string,
): readonly Child[] => {
  const policies = given.l7policies ?? [];
  if (policies.length > 0) checkPolicyListener(listener, provider);
  return policies
    .map((policy) => ({ object: policyOf(policy, listener, pools), rules: policy.rules ?? [] }))
    .sort((left, right) => left.object.position - right.object.position)
    .flatMap(({ object, rules }, index): readonly Child[] => [
      { kind: 'l7_policy', object: { ...object, position: index + 1 } },
      ...rulesWith(object, rules).map((rule): Child => ({ kind: 'l7_rule', object: rule })),
    ]);
};

/**
 * What a body asks for below its load balancer: pools with members and health monitors, then listeners with policies
 * and rules. Addresses are not looked at: the VIP's is not known yet.
 * @throws ApiError 400, 501
 * @throws DuplicateListenerError @throws DuplicateMemberError
 */
export const planGraph = (fields: GraphFields, place: GraphPlace): readonly Child[] => {
  const pools = planPools(fields, place);
  const children: Child[] = [...pools.children];
  const taken = new Set<string>();
  for (const [index, given] of (fields.listeners ?? []).entries()) {
    checkTlsOptions(given, place.settings);
    const defaultPool = plannedPool(pools, given.default_pool);
    const wanted = { ...given, default_pool_id: defaultPool?.id };
    const drafted = draftListener({ ...place, id: randomUUID() }, wanted, place.settings);
    const object: Listener = { ...drafted, peer_port: FIRST_PEER_PORT + index };
    const port = `${transport(object)} ${object.protocol_port}`;
    if (taken.has(port)) throw new DuplicateListenerError(object.protocol, object.protocol_port);
    taken.add(port);
    checkListener(object, { loadBalancer: null, defaultPool, settings: place.settings });
    children.push({ kind: 'listener', object }, ...policiesOf(given, object, pools, place.provider));
  }
  return children;
};
