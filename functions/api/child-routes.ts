import type { ChildKind } from '../../lib/models/objects/child.ts';
import type { KINDS } from '../../lib/models/objects/kinds.ts';
import type { ApiDependencies } from './dependencies.ts';
import { healthMonitorVerbs } from './health-monitors/verbs.ts';
import { l7PolicyVerbs } from './l7-policies/verbs.ts';
import { l7RuleVerbs } from './l7-rules/verbs.ts';
import { listenerVerbs, showListenerStats } from './listeners/verbs.ts';
import { updatesMembers } from './members/batch.ts';
import { memberVerbs } from './members/verbs.ts';
import { poolVerbs } from './pools/verbs.ts';
import type { Route } from './router.ts';
import { resourceRoutes, type Verbs } from './verbs.ts';

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
