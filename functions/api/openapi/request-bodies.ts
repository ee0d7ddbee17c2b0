import type * as z from 'zod';
import * as drift from '../drift/body.ts';
import { AVAILABILITY_ZONE, AVAILABILITY_ZONE_PROFILE } from '../flavors-and-zones/availability-zones.ts';
import { FLAVOR, FLAVOR_PROFILE } from '../flavors-and-zones/flavors.ts';
import * as freeze from '../freeze/definition.ts';
import { newListenerFields, newPoolFields } from '../graph/body.ts';
import * as healthMonitors from '../health-monitors/definition.ts';
import * as l7Policies from '../l7-policies/definition.ts';
import * as l7Rules from '../l7-rules/definition.ts';
import * as listeners from '../listeners/definition.ts';
import * as loadBalancers from '../load-balancers/definition.ts';
import * as members from '../members/definition.ts';
import * as pools from '../pools/definition.ts';
import * as quotas from '../quotas/definition.ts';
import * as rollouts from '../rollouts/body.ts';

/** What a request carries: fields in a wrapper, as `{"listener": {...}}`. */
export interface RequestBody {
  readonly wrapper: string;
  readonly fields: z.ZodType;
}

const body = ({ wrapper }: { readonly wrapper: string }, fields: z.ZodType): RequestBody => ({ wrapper, fields });

const MEMBERS = '/lbaas/pools/{pool_id}/members';
const RULES = '/lbaas/l7policies/{l7policy_id}/rules';

/**
 * The schema that checks a request's body, by method and path of its route: for what describes the API from outside. A
 * route that is not here takes no body.
 */
export const requestBodies: Readonly<Record<string, RequestBody>> = {
  'POST /lbaas/loadbalancers': body(loadBalancers.LOAD_BALANCER, loadBalancers.createFields),
  'PUT /lbaas/loadbalancers/{id}': body(loadBalancers.LOAD_BALANCER, loadBalancers.updateFields),
  'POST /lbaas/listeners': body(listeners.LISTENER, newListenerFields),
  'PUT /lbaas/listeners/{id}': body(listeners.LISTENER, listeners.updateFields),
  'POST /lbaas/pools': body(pools.POOL, newPoolFields),
  'PUT /lbaas/pools/{id}': body(pools.POOL, pools.updateFields),
  [`POST ${MEMBERS}`]: body(members.MEMBER, members.createFields),
  [`PUT ${MEMBERS}/{id}`]: body(members.MEMBER, members.updateFields),
  [`PUT ${MEMBERS}`]: body({ wrapper: 'members' }, members.batchFields),
  'POST /lbaas/healthmonitors': body(healthMonitors.HEALTH_MONITOR, healthMonitors.createFields),
  'PUT /lbaas/healthmonitors/{id}': body(healthMonitors.HEALTH_MONITOR, healthMonitors.updateFields),
  'POST /lbaas/l7policies': body(l7Policies.L7_POLICY, l7Policies.createFields),
  'PUT /lbaas/l7policies/{id}': body(l7Policies.L7_POLICY, l7Policies.updateFields),
  [`POST ${RULES}`]: body(l7Rules.L7_RULE, l7Rules.createFields),
  [`PUT ${RULES}/{id}`]: body(l7Rules.L7_RULE, l7Rules.updateFields),
  'POST /lbaas/flavors': body(FLAVOR, FLAVOR.createFields),
  'PUT /lbaas/flavors/{id}': body(FLAVOR, FLAVOR.updateFields),
  'POST /lbaas/flavorprofiles': body(FLAVOR_PROFILE, FLAVOR_PROFILE.createFields),
  'PUT /lbaas/flavorprofiles/{id}': body(FLAVOR_PROFILE, FLAVOR_PROFILE.updateFields),
  'POST /lbaas/availabilityzones': body(AVAILABILITY_ZONE, AVAILABILITY_ZONE.createFields),
  'PUT /lbaas/availabilityzones/{id}': body(AVAILABILITY_ZONE, AVAILABILITY_ZONE.updateFields),
  'POST /lbaas/availabilityzoneprofiles': body(AVAILABILITY_ZONE_PROFILE, AVAILABILITY_ZONE_PROFILE.createFields),
  'PUT /lbaas/availabilityzoneprofiles/{id}': body(AVAILABILITY_ZONE_PROFILE, AVAILABILITY_ZONE_PROFILE.updateFields),
  'POST /octavia/rollouts': body(rollouts.WRAPPING, rollouts.createFields),
  'POST /octavia/rollouts/preview': body(rollouts.WRAPPING, rollouts.previewFields),
  'PUT /octavia/rollouts/{id}': body(rollouts.WRAPPING, rollouts.updateFields),
  'POST /octavia/drift': body(drift.WRAPPING, drift.checkFields),
  'PUT /octavia/freeze': body(freeze.WRAPPING, freeze.freezeFields),
  'PUT /lbaas/quotas/{project_id}': body(quotas.WRAPPING, quotas.quotaFields),
};
