import * as z from 'zod';
import type { Operation } from '../../../../../lib/models/operations/operation.ts';
import { listOperations } from '../../../../../lib/repositories/operations/operations.ts';
import type { Answer } from './api.ts';

const loadBalancer = z.looseObject({ id: z.string(), vip_address: z.string(), vip_port_id: z.string() });
const one = z.object({ loadbalancer: loadBalancer });
const page = z.object({
  loadbalancers: z.array(loadBalancer),
  loadbalancers_links: z.array(z.object({ rel: z.string(), href: z.string() })),
});

/** A fault, or a refusal from before any handler. */
const fault = z.union([
  z.object({ faultstring: z.string() }).transform(({ faultstring }) => faultstring),
  z.object({ code: z.int(), title: z.string(), description: z.string() }).transform(({ description }) => description),
]);

/** The load balancer of an answer. */
export const loadBalancerOf = ({ body }: Answer) => one.parse(body).loadbalancer;

/** The load balancers and links of a list. */
export const pageOf = ({ body }: Answer) => page.parse(body);

/** The text of a fault. */
export const faultOf = ({ body }: Answer): string => fault.parse(body);

/** The changes below a load balancer that were accepted, newest first. */
export const changesBelow = async (loadBalancerId: string): Promise<readonly Operation[]> =>
  (await listOperations(loadBalancerId)).filter(({ flow }) => flow === 'apply-changes');
