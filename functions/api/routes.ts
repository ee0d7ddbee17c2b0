import { createChildRoutes } from './child-routes.ts';
import { createFlavorAndZoneRoutes } from './flavor-and-zone-routes.ts';
import { answersStatusOnly, showsHealthcheck } from './healthcheck.ts';
import { listsLoadBalancers } from './load-balancers/list.ts';
import { showStatuses } from './load-balancers/statuses.ts';
import {
  deletesLoadBalancer,
  failsOverLoadBalancer,
  showLoadBalancer,
  showStats,
  updatesLoadBalancer,
} from './load-balancers/verbs.ts';
import { showDescription } from './openapi/show.ts';
import type { ApiDependencies } from './request/dependencies.ts';
import type { PolicyAction } from './request/policy.ts';
import type { ApiHandler } from './request/request.ts';
import { onDemand } from './request/resource-routes.ts';
import type { AnyRoute, Route } from './request/router.ts';
import { showVersion, showVersions } from './versions.ts';

/** The table of routes: method, path below the version, policy, handler. */
export const createRoutes = (dependencies: ApiDependencies): readonly AnyRoute[] => {
  const { settings } = dependencies;
  const healthcheck = showsHealthcheck(settings);
  const route = (
    method: Route['method'],
    path: string,
    policy: PolicyAction,
    handle: ApiHandler,
    query?: Route['query'],
  ): Route => ({ method, path, action: policy, handle, ...(query !== undefined && { query }) });
  const loadBalancer = (
    verb: 'get_all' | 'get_one' | 'get_status' | 'get_stats' | 'post' | 'put' | 'put_failover' | 'delete',
  ) => `os_load-balancer_api:loadbalancer:${verb}` as const;
  const loadBalancers = '/lbaas/loadbalancers';
  const amphora = (verb: 'get_all' | 'get_one' | 'get_stats' | 'put_failover' | 'put_config' | 'delete') =>
    `os_load-balancer_api:amphora:${verb}` as const;
  const amphorae = '/octavia/amphorae';
  const quota = (verb: 'get_all' | 'get_one' | 'get_defaults' | 'put' | 'delete') =>
    `os_load-balancer_api:quota:${verb}` as const;
  const quotas = '/lbaas/quotas';
  const amphoraHandler = onDemand(async () => (await import('./amphorae/handlers.ts')).amphoraHandlers(dependencies));
  const createHandler = onDemand(async () => ({
    create: (await import('./load-balancers/create.ts')).createsLoadBalancer(dependencies),
  }));
  const quotaHandler = onDemand(async () => (await import('./quotas/handlers.ts')).quotaHandlers(dependencies));
  const providerHandler = onDemand(async () =>
    (await import('./providers/handlers.ts')).providerHandlers(dependencies),
  );
  const operationHandler = onDemand(async () =>
    (await import('./operations/handlers.ts')).operationHandlers(dependencies),
  );
  const driftHandler = onDemand(async () => (await import('./drift/handlers.ts')).driftHandlers(dependencies));
  const freezeHandler = onDemand(async () => (await import('./freeze/handlers.ts')).freezeHandlers());
  const rolloutHandler = onDemand(async () => (await import('./rollouts/handlers.ts')).rolloutHandlers(dependencies));
  const rollout = (verb: 'get_all' | 'get_one' | 'post' | 'put') => `os_load-balancer_api:rollout:${verb}` as const;
  const rollouts = '/octavia/rollouts';
  const operation = (verb: 'get_all' | 'get_one' | 'post_redrive') => `os_load-balancer_api:operation:${verb}` as const;
  return [
    { method: 'GET', path: '/', action: null, handle: showVersions },
    { method: 'HEAD', path: '/', action: null, handle: showVersions },
    { method: 'GET', path: '/lbaas', action: null, needsToken: true, handle: showVersion },
    { method: 'GET', path: '/octavia', action: null, needsToken: true, handle: showVersion },
    { method: 'GET', path: '/openapi.json', action: null, handle: showDescription },
    { method: 'GET', path: '/healthcheck', action: null, handle: healthcheck },
    { method: 'HEAD', path: '/healthcheck', action: null, handle: answersStatusOnly(healthcheck) },

    route('GET', loadBalancers, loadBalancer('get_all'), listsLoadBalancers(settings)),
    route('POST', loadBalancers, loadBalancer('post'), createHandler('create')),
    route('GET', `${loadBalancers}/{id}`, loadBalancer('get_one'), showLoadBalancer),
    route('PUT', `${loadBalancers}/{id}`, loadBalancer('put'), updatesLoadBalancer(dependencies)),
    route('DELETE', `${loadBalancers}/{id}`, loadBalancer('delete'), deletesLoadBalancer(dependencies), ['cascade']),
    route('GET', `${loadBalancers}/{id}/status`, loadBalancer('get_status'), showStatuses, []),
    route('GET', `${loadBalancers}/{id}/statuses`, loadBalancer('get_status'), showStatuses, []),

    route('GET', `${loadBalancers}/{id}/operations`, operation('get_all'), operationHandler('list')),
    route('GET', `${loadBalancers}/{id}/stats`, loadBalancer('get_stats'), showStats, []),
    route('PUT', `${loadBalancers}/{id}/failover`, loadBalancer('put_failover'), failsOverLoadBalancer(dependencies)),

    ...createChildRoutes(dependencies),

    route('GET', '/lbaas/providers', 'os_load-balancer_api:provider:get_all', providerHandler('list')),
    route(
      'GET',
      '/lbaas/providers/{provider}/flavor_capabilities',
      'os_load-balancer_api:provider-flavor:get_all',
      providerHandler('flavorCapabilities'),
    ),
    route(
      'GET',
      '/lbaas/providers/{provider}/availability_zone_capabilities',
      'os_load-balancer_api:provider-availability-zone:get_all',
      providerHandler('zoneCapabilities'),
    ),

    ...createFlavorAndZoneRoutes(dependencies),

    route('GET', quotas, quota('get_all'), quotaHandler('list')),
    route('GET', `${quotas}/defaults`, quota('get_defaults'), quotaHandler('showDefaults'), []),
    route('GET', `${quotas}/{project_id}`, quota('get_one'), quotaHandler('show'), []),
    route('PUT', `${quotas}/{project_id}`, quota('put'), quotaHandler('update')),
    route('DELETE', `${quotas}/{project_id}`, quota('delete'), quotaHandler('remove')),
    route('GET', `${quotas}/{project_id}/default`, quota('get_defaults'), quotaHandler('showDefaults'), []),

    route('GET', amphorae, amphora('get_all'), amphoraHandler('list')),
    route('GET', `${amphorae}/{id}`, amphora('get_one'), amphoraHandler('show')),
    route('DELETE', `${amphorae}/{id}`, amphora('delete'), amphoraHandler('remove')),
    route('GET', `${amphorae}/{id}/stats`, amphora('get_stats'), amphoraHandler('showStats'), []),
    route('PUT', `${amphorae}/{id}/failover`, amphora('put_failover'), amphoraHandler('failOver')),
    route('PUT', `${amphorae}/{id}/config`, amphora('put_config'), amphoraHandler('configure')),

    route('GET', '/octavia/health', amphora('get_all'), amphoraHandler('showHealth')),

    route('GET', '/octavia/drift', 'os_load-balancer_api:drift:get_one', driftHandler('showRound')),
    route('POST', '/octavia/drift', 'os_load-balancer_api:drift:post', driftHandler('check')),
    route('GET', '/octavia/drift/checks/{id}', 'os_load-balancer_api:drift:get_one', driftHandler('showCheck')),
    route('GET', '/octavia/drift/findings', 'os_load-balancer_api:drift:get_all', driftHandler('list')),

    route('GET', '/octavia/freeze', 'os_load-balancer_api:freeze:get_one', freezeHandler('show')),
    {
      ...route('PUT', '/octavia/freeze', 'os_load-balancer_api:freeze:put', freezeHandler('change')),
      whileFrozen: true,
    },

    route('GET', rollouts, rollout('get_all'), rolloutHandler('list')),
    route('POST', rollouts, rollout('post'), rolloutHandler('start')),
    { ...route('POST', `${rollouts}/preview`, rollout('post'), rolloutHandler('preview')), whileFrozen: true },
    route('GET', `${rollouts}/{id}`, rollout('get_one'), rolloutHandler('show')),
    route('PUT', `${rollouts}/{id}`, rollout('put'), rolloutHandler('change')),
    route('GET', `${rollouts}/{id}/loadbalancers`, rollout('get_one'), rolloutHandler('listSteps')),

    route('GET', '/lbaas/operations', operation('get_all'), operationHandler('listAll')),
    route('GET', '/lbaas/operations/{id}', operation('get_one'), operationHandler('show')),
    route('POST', '/lbaas/operations/{id}/redrive', operation('post_redrive'), operationHandler('redrive'), ['force']),
  ];
};
