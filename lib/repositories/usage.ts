import type { QuotaResource } from '../models/quota.ts';
import { listBelow, listChildren, memberIds } from './child-lists.ts';
import { listLoadBalancers } from './load-balancers.ts';

/** Sums up over the load balancers of a project: members and rules are in no list of a project. */
const summed = async (projectId: string, count: (loadBalancerId: string) => Promise<number>): Promise<number> => {
  let sum = 0;
  for (const { id } of await listLoadBalancers(projectId)) sum += await count(id);
  return sum;
};

const COUNTS: Readonly<Record<QuotaResource, (projectId: string) => Promise<number>>> = Object.freeze({
  load_balancer: async (projectId) => (await listLoadBalancers(projectId)).length,
  listener: async (projectId) => (await listChildren('listener', projectId)).length,
  pool: async (projectId) => (await listChildren('pool', projectId)).length,
  health_monitor: async (projectId) => (await listChildren('health_monitor', projectId)).length,
  l7policy: async (projectId) => (await listChildren('l7_policy', projectId)).length,
  member: (projectId) =>
    summed(projectId, async (id) => [...(await memberIds(id)).values()].reduce((sum, ids) => sum + ids.length, 0)),
  l7rule: (projectId) => summed(projectId, async (id) => (await listBelow('l7_rule', id)).length),
});

/** How many a project has, by counting them: there is no counter that could drift. */
export const countOf = (resource: QuotaResource, projectId: string): Promise<number> => COUNTS[resource](projectId);
