import type * as z from 'zod';
import { ofParent, projectFields } from '../children/common-fields.ts';
import { attributes, listOf, uuid } from '../fields/fields.ts';
import { l7PolicyFields, redirectPoolId } from '../l7-policies/body.ts';
import { LISTENER } from '../listeners/definition.ts';
import { poolFields } from '../pools/body.ts';

const { protocol, lb_algorithm } = poolFields;

/** A pool of a graph: a whole one, or the name of one that is defined elsewhere in the same graph. */
const graphPool = attributes({
  ...ofParent(poolFields),
  protocol: protocol.optional(),
  lb_algorithm: lb_algorithm.optional(),
});
export type GraphPool = z.infer<typeof graphPool>;

const graphPolicyFields = { ...ofParent(l7PolicyFields), redirect_pool: graphPool.nullish() };

/** Its load balancer is new, and has no pool yet that a `default_pool_id` could name: what it names is not found. */
const graphListener = attributes({
  ...LISTENER.posts,
  default_pool: graphPool.nullish(),
  l7policies: listOf(attributes(graphPolicyFields)).nullish(),
});

/** Everything below a load balancer that comes with its POST. */
export const graphFields = {
  listeners: listOf(graphListener).nullish(),
  pools: listOf(graphPool).nullish(),
};

/** A listener with what hangs on it: pools come with it, or are its load balancer's already and named by their ids. */
const rootedPolicy = attributes({ ...graphPolicyFields, redirect_pool_id: redirectPoolId() });
export type GraphPolicy = z.infer<typeof rootedPolicy>;

/** Fields of POST of a listener. */
export const listenerFields = attributes({
  ...LISTENER.posts,
  default_pool: graphPool.nullish(),
  l7policies: listOf(rootedPolicy).nullish(),
  ...projectFields,
  loadbalancer_id: uuid().nullable(),
});
export type GraphListener = Omit<z.infer<typeof listenerFields>, 'loadbalancer_id'>;

export interface GraphFields {
  readonly listeners?: readonly GraphListener[] | null | undefined;
  readonly pools?: readonly GraphPool[] | null | undefined;
}
