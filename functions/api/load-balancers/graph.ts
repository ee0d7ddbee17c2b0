import { randomUUID } from 'node:crypto';
import { listenerPort, peerPortAfter } from '../../../lib/changes/listener-ports.ts';
import { DuplicateListenerError } from '../../../lib/errors/conflict.ts';
import type { Child } from '../../../lib/models/objects/child.ts';
import type { Listener } from '../../../lib/models/objects/listener.ts';
import { validationFailure } from '../answers/refusals.ts';
import type { GraphFields } from '../graph/body.ts';
import { planListener } from '../graph/listeners.ts';
import { type GraphPlace, planPools, poolsOf } from '../graph/pools.ts';

/**
 * What a body asks for below its load balancer: pools with members and health monitors, then listeners with policies
 * and rules. Addresses are not looked at: the VIP's is not known yet.
 * @throws ApiError 400, 501
 * @throws DuplicateListenerError @throws DuplicateMemberError
 */
export const planGraph = (fields: GraphFields, place: GraphPlace): readonly Child[] => {
  const given = fields.listeners ?? [];
  const named = given.flatMap(poolsOf);
  const nameless = (fields.pools ?? []).filter(({ name }) => !name);
  if (nameless.length > 1 || named.some(({ name }) => !name)) {
    throw validationFailure('Pools must be named when creating a fully populated load balancer.');
  }
  const pools = planPools(fields.pools ?? [], named, place);
  const listeners: Listener[] = [];
  const children = given.flatMap((one): readonly Child[] => {
    const planned = planListener(randomUUID(), one, { ...place, pools, existing: new Map(), loadBalancer: null });
    const object = { ...planned.listener, peer_port: peerPortAfter(listeners) };
    if (listeners.some((other) => listenerPort(other) === listenerPort(object))) {
      throw new DuplicateListenerError(object.protocol, object.protocol_port);
    }
    listeners.push(object);
    return [{ kind: 'listener', object }, ...planned.below];
  });
  return [...pools.children, ...children];
};
