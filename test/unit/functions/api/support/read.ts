import * as z from 'zod';
import type { Operation } from '../../../../../lib/models/operation.ts';
import { listOperations } from '../../../../../lib/repositories/operations.ts';
import type { Answer } from './api.ts';

const loadBalancer = z.looseObject({ id: z.string(), vip_address: z.string(), vip_port_id: z.string() });
const one = z.object({ loadbalancer: loadBalancer });
const page = z.object({
  loadbalancers: z.array(loadBalancer),
  loadbalancers_links: z.array(z.object({ rel: z.string(), href: z.string() })),
});

/** The load balancer of an answer. */
export const loadBalancerOf = ({ body }: Answer) => one.parse(body).loadbalancer;

/** The load balancers and links of a list. */
export const pageOf = ({ body }: Answer) => page.parse(body);

/** The text of a fault. */
export const faultOf = ({ body }: Answer): string => z.object({ faultstring: z.string() }).parse(body).faultstring;

/** The changes below a load balancer that were accepted, newest first. */
export const changesBelow = async (loadBalancerId: string): Promise<readonly Operation[]> =>
  (await listOperations(loadBalancerId)).filter(({ flow }) => flow === 'apply-changes');
