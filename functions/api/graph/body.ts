import type * as z from 'zod';
import { projectFields } from '../children/common-fields.ts';
import { attributes, listOf, uuid } from '../fields/fields.ts';
import { nestedFields as monitorFields } from '../health-monitors/definition.ts';
import { nestedFields as policyFields } from '../l7-policies/definition.ts';
import { LISTENER } from '../listeners/definition.ts';
import { nestedFields as memberFields } from '../members/definition.ts';
import { POOL } from '../pools/definition.ts';

/** A pool with what comes with it. */
const poolFields = { ...POOL.posts, members: listOf(memberFields).nullish(), healthmonitor: monitorFields.nullish() };
const pool = attributes(poolFields);
export type PoolFields = z.infer<typeof pool>;

/** Fields of POST of a pool. */
export const newPoolFields = attributes({
  ...poolFields,
  ...projectFields,
  loadbalancer_id: uuid().nullish(),
  listener_id: uuid().nullish(),
});

/** A pool of a graph: a whole one, or the name of one that is defined elsewhere in the same graph. */
const graphPool = attributes({
  ...poolFields,
  protocol: poolFields.protocol.optional(),
  lb_algorithm: poolFields.lb_algorithm.optional(),
});
export type GraphPool = z.infer<typeof graphPool>;

/** A policy of a listener: its pool comes with it, or is its load balancer's already and named by its id. */
const rootedPolicy = attributes({ ...policyFields, redirect_pool: graphPool.nullish() });
export type GraphPolicy = z.infer<typeof rootedPolicy>;

/** Its load balancer is new, and has no pool yet that a `default_pool_id` could name: what it names is not found. */
const graphListener = attributes({
  ...LISTENER.posts,
  default_pool: graphPool.nullish(),
  l7policies: listOf(rootedPolicy.omit({ redirect_pool_id: true })).nullish(),
});

/** Everything below a load balancer that comes with its POST. */
export const graphFields = {
  listeners: listOf(graphListener).nullish(),
  pools: listOf(graphPool).nullish(),
};

/** Fields of POST of a listener. */
export const newListenerFields = attributes({
  ...LISTENER.posts,
  default_pool: graphPool.nullish(),
  l7policies: listOf(rootedPolicy).nullish(),
  ...projectFields,
  loadbalancer_id: uuid().nullable(),
});
export type GraphListener = Omit<z.infer<typeof newListenerFields>, 'loadbalancer_id'>;

export interface GraphFields {
  readonly listeners?: readonly GraphListener[] | null | undefined;
  readonly pools?: readonly GraphPool[] | null | undefined;
}
