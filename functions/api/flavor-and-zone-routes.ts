import type { ApiDependencies } from './request/dependencies.ts';
import { onDemand, resourceRoutes, type Verbs } from './request/resource-routes.ts';
import type { Route } from './request/router.ts';

const flavors = () => import('./flavors-and-zones/flavors.ts');
const zones = () => import('./flavors-and-zones/availability-zones.ts');
const verbs = async () => (await import('./flavors-and-zones/verbs.ts')).flavorOrZoneVerbs;
const profileVerbs = async () => (await import('./flavors-and-zones/profile-verbs.ts')).profileVerbs;

/** The routes of what load balancers can be made of, which operators describe. */
export const createFlavorAndZoneRoutes = (dependencies: ApiDependencies): readonly Route[] => {
  const routes = (
    path: string,
    name: 'flavor' | 'flavor-profile' | 'availability-zone' | 'availability-zone-profile',
    load: () => Promise<Verbs>,
  ) => {
    const verb = onDemand(load);
    const each = {
      list: verb('list'),
      create: verb('create'),
      show: verb('show'),
      update: verb('update'),
      remove: verb('remove'),
    };
    return resourceRoutes(`/lbaas/${path}`, (action) => `os_load-balancer_api:${name}:${action}`, each);
  };
  const { settings } = dependencies;
  return [
    ...routes('flavors', 'flavor', async () => (await verbs())((await flavors()).FLAVOR, settings)),
    ...routes('flavorprofiles', 'flavor-profile', async () =>
      (await profileVerbs())((await flavors()).FLAVOR_PROFILE, dependencies),
    ),
    ...routes('availabilityzones', 'availability-zone', async () =>
      (await verbs())((await zones()).AVAILABILITY_ZONE, settings),
    ),
    ...routes('availabilityzoneprofiles', 'availability-zone-profile', async () =>
      (await profileVerbs())((await zones()).AVAILABILITY_ZONE_PROFILE, dependencies),
    ),
  ];
};
