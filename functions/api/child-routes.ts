import type { ChildKind } from '../../lib/models/child.ts';
import type { KINDS } from '../../lib/models/kinds.ts';
import type { ApiDependencies } from './dependencies.ts';
import { createsHealthMonitor } from './health-monitors/create.ts';
import { deletesHealthMonitor } from './health-monitors/delete.ts';
import { listsHealthMonitors } from './health-monitors/list.ts';
import { showHealthMonitor } from './health-monitors/show.ts';
import { updatesHealthMonitor } from './health-monitors/update.ts';
import { createsL7Policy } from './l7-policies/create.ts';
import { deletesL7Policy } from './l7-policies/delete.ts';
import { listsL7Policies } from './l7-policies/list.ts';
import { showL7Policy } from './l7-policies/show.ts';
import { updatesL7Policy } from './l7-policies/update.ts';
import { createsL7Rule } from './l7-rules/create.ts';
import { deletesL7Rule } from './l7-rules/delete.ts';
import { listsL7Rules } from './l7-rules/list.ts';
import { showL7Rule } from './l7-rules/show.ts';
import { updatesL7Rule } from './l7-rules/update.ts';
import { showListenerStats } from './listeners/stats.ts';
import { listenerVerbs } from './listeners/verbs.ts';
import { updatesMembers } from './members/batch.ts';
import { createsMember } from './members/create.ts';
import { deletesMember } from './members/delete.ts';
import { listsMembers } from './members/list.ts';
import { showMember } from './members/show.ts';
import { updatesMember } from './members/update.ts';
import { createsPool } from './pools/create.ts';
import { deletesPool } from './pools/delete.ts';
import { listsPools } from './pools/list.ts';
import { showPool } from './pools/show.ts';
import { updatesPool } from './pools/update.ts';
import type { Route } from './router.ts';
import { resourceRoutes, type Verbs } from './verbs.ts';

type Resource = (typeof KINDS)[ChildKind]['resource'];

const resource = (path: string, name: Resource, verbs: Verbs): readonly Route[] =>
  resourceRoutes(path, (verb) => `os_load-balancer_api:${name}:${verb}`, verbs);

/** The routes of everything below a load balancer. */
export const createChildRoutes = (dependencies: ApiDependencies): readonly Route[] => {
  const { settings } = dependencies;
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
    ...resource('/lbaas/pools', 'pool', {
      list: listsPools(settings),
      create: createsPool(dependencies),
      show: showPool,
      update: updatesPool(dependencies),
      remove: deletesPool(dependencies),
    }),
    ...resource(members, 'member', {
      list: listsMembers(settings),
      create: createsMember(dependencies),
      show: showMember,
      update: updatesMember(dependencies),
      remove: deletesMember(dependencies),
    }),
    {
      method: 'PUT',
      path: members,
      action: 'os_load-balancer_api:member:put',
      query: ['additive_only'],
      handle: updatesMembers(dependencies),
    },
    ...resource('/lbaas/healthmonitors', 'healthmonitor', {
      list: listsHealthMonitors(settings),
      create: createsHealthMonitor(dependencies),
      show: showHealthMonitor,
      update: updatesHealthMonitor(dependencies),
      remove: deletesHealthMonitor(dependencies),
    }),
    ...resource('/lbaas/l7policies', 'l7policy', {
      list: listsL7Policies(settings),
      create: createsL7Policy(dependencies),
      show: showL7Policy,
      update: updatesL7Policy(dependencies),
      remove: deletesL7Policy(dependencies),
    }),
    ...resource('/lbaas/l7policies/{l7policy_id}/rules', 'l7rule', {
      list: listsL7Rules(settings),
      create: createsL7Rule(dependencies),
      show: showL7Rule,
      update: updatesL7Rule(dependencies),
      remove: deletesL7Rule(dependencies),
    }),
  ];
};
