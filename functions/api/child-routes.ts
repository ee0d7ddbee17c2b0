import type { ChildKind } from '../../lib/models/objects/child.ts';
import type { KINDS } from '../../lib/models/objects/kinds.ts';
import type { ApiDependencies } from './request/dependencies.ts';
import { resourceRoutes, type Verbs } from './request/resource-routes.ts';
import type { Route } from './request/router.ts';
import { healthMonitorVerbs } from './verbs/health-monitors.ts';
import { l7PolicyVerbs } from './verbs/l7-policies.ts';
import { l7RuleVerbs } from './verbs/l7-rules.ts';
import { listenerVerbs, showListenerStats } from './verbs/listeners.ts';
import { updatesMembers } from './verbs/member-batch.ts';
import { memberVerbs } from './verbs/members.ts';
import { poolVerbs } from './verbs/pools.ts';

type Resource = (typeof KINDS)[ChildKind]['resource'];

const resource = (path: string, name: Resource, verbs: Verbs): readonly Route[] =>
  resourceRoutes(path, (verb) => `os_load-balancer_api:${name}:${verb}`, verbs);

/** The routes of everything below a load balancer. */
export const createChildRoutes = (dependencies: ApiDependencies): readonly Route[] => {
  const members = '/lbaas/pools/{pool_id}/members';
  return [
    ...resource('/lbaas/listeners', 'listener', listenerVerbs(dependencies)),
    {
      method: 'GET',
      path: '/lbaas/listeners/{id}/stats',
      action: 'os_load-balancer_api:listener:get_stats',
      query: [],
      handle: showListenerStats,
    },
    ...resource('/lbaas/pools', 'pool', poolVerbs(dependencies)),
    ...resource(members, 'member', memberVerbs(dependencies)),
    {
      method: 'PUT',
      path: members,
      action: 'os_load-balancer_api:member:put',
      query: ['additive_only'],
      handle: updatesMembers(dependencies),
    },
    ...resource('/lbaas/healthmonitors', 'healthmonitor', healthMonitorVerbs(dependencies)),
    ...resource('/lbaas/l7policies', 'l7policy', l7PolicyVerbs(dependencies)),
    ...resource('/lbaas/l7policies/{l7policy_id}/rules', 'l7rule', l7RuleVerbs(dependencies)),
  ];
};
