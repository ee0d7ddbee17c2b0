import * as z from 'zod';
import { amphoraShape, amphoraStatsShape, healthShape } from '../amphorae/shape.ts';
import { checkShape, findingShape, roundShape } from '../drift/shape.ts';
import { AVAILABILITY_ZONE, AVAILABILITY_ZONE_PROFILE } from '../flavors-and-zones/availability-zones.ts';
import { FLAVOR, FLAVOR_PROFILE } from '../flavors-and-zones/flavors.ts';
import { freezeShape } from '../freeze/definition.ts';
import { HEALTH_MONITOR } from '../health-monitors/definition.ts';
import { L7_POLICY } from '../l7-policies/definition.ts';
import { L7_RULE } from '../l7-rules/definition.ts';
import { LISTENER } from '../listeners/definition.ts';
import { LOAD_BALANCER } from '../load-balancers/definition.ts';
import { fullLoadBalancerShape, statusTreeShape } from '../load-balancers/tree-shapes.ts';
import { MEMBER } from '../members/definition.ts';
import { detailedOperationShape, operationShape, queueShape } from '../operations/shape.ts';
import { POOL } from '../pools/definition.ts';
import { describedShape } from '../providers/shape.ts';
import { describeQuota } from '../quotas/definition.ts';
import { previewShape, rolloutShape, stepShape } from '../rollouts/shape.ts';
import { totalsShape } from '../statistics/shape.ts';
import { linkShape, many } from '../views/shapes.ts';

/** What is answered when what was asked for is done, or on its way. */
export interface Answer {
  readonly status: number;
  /** null for an answer without a body. */
  readonly body: z.ZodType | null;
  /** The body when `fields` was given: each object has some of its fields. Absent where `fields` means nothing. */
  readonly narrowed?: z.ZodType;
}

type Objects = z.ZodObject | z.ZodUnion<readonly z.ZodObject[]>;

const parts = new Map<z.ZodObject, z.ZodObject>();

/** Some of an object's fields, under a name of its own where the whole one has a name. */
const partOf = (shape: z.ZodObject): z.ZodObject => {
  const known = parts.get(shape);
  if (known !== undefined) return known;
  const { id } = shape.meta() ?? {};
  const part = id === undefined ? shape.partial() : shape.partial().meta({ id: `${id}Part` });
  parts.set(shape, part);
  return part;
};

const partial = (shape: Objects): z.ZodType =>
  shape instanceof z.ZodObject ? partOf(shape) : z.union(shape.options.map(partOf));

const wrapped = (wrapper: string, shape: z.ZodType) => z.strictObject({ [wrapper]: shape });

const one = (wrapper: string, shape: Objects): Answer => ({
  status: 200,
  body: wrapped(wrapper, shape),
  narrowed: wrapped(wrapper, partial(shape)),
});

/** @param links null for a list without links */
const list = (plural: string, shape: Objects, links: string | null = `${plural}_links`): Answer => {
  const page = (item: z.ZodType) =>
    z.strictObject({ [plural]: many(item), ...(links !== null && { [links]: many(linkShape) }) });
  return { status: 200, body: page(shape), narrowed: page(partial(shape)) };
};

const whole = (body: z.ZodType, status = 200): Answer => ({ status, body });
const nothing = (status: 202 | 204): Answer => ({ status, body: null });

const resource = (
  path: string,
  { wrapper, plural, shape, links }: { wrapper: string; plural: string; shape: z.ZodObject; links?: string },
): Readonly<Record<string, Answer>> => ({
  [`GET ${path}`]: list(plural, shape, links),
  [`POST ${path}`]: whole(wrapped(wrapper, shape), 201),
  [`GET ${path}/{id}`]: one(wrapper, shape),
  [`PUT ${path}/{id}`]: whole(wrapped(wrapper, shape)),
  [`DELETE ${path}/{id}`]: nothing(204),
});

const versions = z.strictObject({
  versions: many(
    z.strictObject({
      id: z.string(),
      status: z.enum(['SUPPORTED', 'CURRENT']),
      updated: z.string(),
      links: many(z.strictObject({ href: z.string(), rel: z.literal('self') })),
    }),
  ),
});

const operations = z.union([operationShape, detailedOperationShape]);
const queued = z.union([
  z.strictObject({ ...operationShape.shape, queue: queueShape }),
  z.strictObject({ ...detailedOperationShape.shape, queue: queueShape }),
]);
const quotaShape = describeQuota();
const quota = wrapped('quota', quotaShape);
const capability = 'flavor_capabilities';
const zoneCapability = 'availability_zone_capabilities';

/** The answer to a request that succeeds, by method and path of its route. */
export const answers: Readonly<Record<string, Answer>> = {
  'GET /': whole(versions),
  'HEAD /': whole(z.unknown()),
  'GET /lbaas': whole(z.literal('v2')),
  'GET /octavia': whole(z.literal('v2')),
  'GET /openapi.json': whole(z.looseObject({ openapi: z.string(), paths: z.looseObject({}) })),
  'GET /healthcheck': whole(z.strictObject({ detailed: z.boolean(), reasons: many(z.string()) })),
  'HEAD /healthcheck': nothing(204),

  ...resource('/lbaas/loadbalancers', {
    wrapper: 'loadbalancer',
    plural: 'loadbalancers',
    shape: LOAD_BALANCER.shape(),
  }),
  'POST /lbaas/loadbalancers': whole(
    wrapped('loadbalancer', z.union([fullLoadBalancerShape, LOAD_BALANCER.shape()])),
    201,
  ),
  'GET /lbaas/loadbalancers/{id}/status': whole(wrapped('statuses', statusTreeShape)),
  'GET /lbaas/loadbalancers/{id}/statuses': whole(wrapped('statuses', statusTreeShape)),
  'GET /lbaas/loadbalancers/{id}/operations': list('operations', operations),
  'GET /lbaas/loadbalancers/{id}/stats': whole(wrapped('stats', totalsShape)),
  'PUT /lbaas/loadbalancers/{id}/failover': nothing(202),

  ...resource('/lbaas/listeners', { wrapper: 'listener', plural: 'listeners', shape: LISTENER.shape() }),
  'GET /lbaas/listeners/{id}/stats': whole(wrapped('stats', totalsShape)),
  ...resource('/lbaas/pools', { wrapper: 'pool', plural: 'pools', shape: POOL.shape() }),
  ...resource('/lbaas/pools/{pool_id}/members', { wrapper: 'member', plural: 'members', shape: MEMBER.shape() }),
  'PUT /lbaas/pools/{pool_id}/members': nothing(202),
  ...resource('/lbaas/healthmonitors', {
    wrapper: 'healthmonitor',
    plural: 'healthmonitors',
    shape: HEALTH_MONITOR.shape(),
  }),
  ...resource('/lbaas/l7policies', { wrapper: 'l7policy', plural: 'l7policies', shape: L7_POLICY.shape() }),
  ...resource('/lbaas/l7policies/{l7policy_id}/rules', { wrapper: 'rule', plural: 'rules', shape: L7_RULE.shape() }),

  'GET /lbaas/providers': list('providers', describedShape, null),
  [`GET /lbaas/providers/{provider}/${capability}`]: list(capability, describedShape, null),
  [`GET /lbaas/providers/{provider}/${zoneCapability}`]: list(zoneCapability, describedShape, null),
  ...resource('/lbaas/flavors', { wrapper: 'flavor', plural: 'flavors', shape: FLAVOR.shape() }),
  ...resource('/lbaas/flavorprofiles', {
    wrapper: 'flavorprofile',
    plural: 'flavorprofiles',
    shape: FLAVOR_PROFILE.shape(),
    links: 'flavorprofile_links',
  }),
  ...resource('/lbaas/availabilityzones', {
    wrapper: 'availability_zone',
    plural: 'availability_zones',
    shape: AVAILABILITY_ZONE.shape(),
  }),
  ...resource('/lbaas/availabilityzoneprofiles', {
    wrapper: 'availability_zone_profile',
    plural: 'availability_zone_profiles',
    shape: AVAILABILITY_ZONE_PROFILE.shape(),
    links: 'availability_zone_profile_links',
  }),

  'GET /lbaas/quotas': list('quotas', quotaShape),
  'GET /lbaas/quotas/defaults': whole(quota),
  'GET /lbaas/quotas/{project_id}': whole(quota),
  'PUT /lbaas/quotas/{project_id}': whole(quota, 202),
  'DELETE /lbaas/quotas/{project_id}': nothing(202),
  'GET /lbaas/quotas/{project_id}/default': whole(quota),

  'GET /octavia/amphorae': list('amphorae', amphoraShape),
  'GET /octavia/amphorae/{id}': one('amphora', amphoraShape),
  'DELETE /octavia/amphorae/{id}': nothing(204),
  'GET /octavia/amphorae/{id}/stats': whole(wrapped('amphora_stats', many(amphoraStatsShape))),
  'PUT /octavia/amphorae/{id}/failover': nothing(202),
  'PUT /octavia/amphorae/{id}/config': nothing(202),
  'GET /octavia/health': whole(wrapped('health', healthShape)),

  'GET /octavia/rollouts': list('rollouts', rolloutShape),
  'POST /octavia/rollouts': whole(wrapped('rollout', rolloutShape), 201),
  'POST /octavia/rollouts/preview': whole(wrapped('preview', previewShape)),
  'GET /octavia/rollouts/{id}': one('rollout', rolloutShape),
  'PUT /octavia/rollouts/{id}': whole(wrapped('rollout', rolloutShape)),
  'GET /octavia/rollouts/{id}/loadbalancers': list('loadbalancers', stepShape),
  'GET /octavia/freeze': whole(wrapped('freeze', freezeShape)),
  'PUT /octavia/freeze': whole(wrapped('freeze', freezeShape)),
  'GET /octavia/drift': whole(wrapped('drift', roundShape.nullable())),
  'POST /octavia/drift': whole(wrapped('drift', checkShape), 202),
  'GET /octavia/drift/checks/{id}': one('check', checkShape),
  'GET /octavia/drift/findings': list('findings', findingShape),

  'GET /lbaas/operations': list('operations', operations),
  'GET /lbaas/operations/{id}': one('operation', queued),
  'POST /lbaas/operations/{id}/redrive': whole(wrapped('operation', detailedOperationShape), 202),
};

/** A refusal or a failure. */
export const faultShape = z
  .strictObject({
    faultcode: z.enum(['Client', 'Server']),
    faultstring: z
      .string()
      .min(1)
      .meta({ description: 'what is wrong, with the name of the field or the id of the object' }),
    debuginfo: z.null(),
  })
  .meta({ id: 'Fault' });

/** A path, a method or an Accept header that the API does not have, and a page that cannot be read. */
const unroutedShape = z
  .strictObject({
    code: z.union([z.literal(400), z.literal(404), z.literal(405), z.literal(406)]),
    title: z.string(),
    description: z.string(),
  })
  .meta({ id: 'Unrouted' });

/** Refusals in other shapes, by their status. */
export const otherFaults: Readonly<Record<number, z.ZodType>> = {
  400: z.union([faultShape, unroutedShape]),
  401: z.strictObject({
    error: z.strictObject({ code: z.literal(401), title: z.string(), message: z.string() }),
  }),
  404: z.union([faultShape, unroutedShape]),
  405: unroutedShape,
  406: unroutedShape,
  413: z.strictObject({ code: z.string(), title: z.string(), message: z.string() }),
};
