import type * as z from 'zod';
import { attributes, listOf, text } from '../fields/fields.ts';
import { healthMonitorFields } from '../health-monitors/body.ts';
import { l7PolicyFields } from '../l7-policies/body.ts';
import { listenerFields } from '../listeners/body.ts';
import { createFields as memberFields } from '../members/body.ts';
import { poolFields } from '../pools/body.ts';

const { protocol, lb_algorithm } = poolFields;

/** A pool of a graph: a whole one, or the name of one that is defined elsewhere in the same graph. */
const graphPool = attributes({
  ...poolFields,
  name: text(255).optional(),
  protocol: protocol.optional(),
  lb_algorithm: lb_algorithm.optional(),
  members: listOf(memberFields).nullish(),
  healthmonitor: attributes(healthMonitorFields).nullish(),
});
export type GraphPool = z.infer<typeof graphPool>;

const graphPolicy = attributes({ ...l7PolicyFields, redirect_pool: graphPool.nullish() });
export type GraphPolicy = z.infer<typeof graphPolicy>;

const { default_pool_id: _existing, ...newListenerFields } = listenerFields;

const graphListener = attributes({
  ...newListenerFields,
  default_pool: graphPool.nullish(),
  l7policies: listOf(graphPolicy).nullish(),
});
export type GraphListener = z.infer<typeof graphListener>;

/** Everything below a load balancer that comes with its POST. */
export const graphFields = {
  listeners: listOf(graphListener).nullish(),
  pools: listOf(graphPool).nullish(),
};

export interface GraphFields {
  readonly listeners?: readonly GraphListener[] | null | undefined;
  readonly pools?: readonly GraphPool[] | null | undefined;
}
