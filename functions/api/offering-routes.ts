import type { ApiDependencies } from './dependencies.ts';
import { onDemand } from './on-demand.ts';
import type { Route } from './router.ts';
import { resourceRoutes, type Verbs } from './verbs.ts';

const offered = () => import('./offerings/handlers.ts');

/** The routes of what load balancers can be made of, which operators describe. */
export const createOfferingRoutes = (dependencies: ApiDependencies): readonly Route[] => {
  const routes = (
    path: string,
    name: 'flavor' | 'flavor-profile' | 'availability-zone' | 'availability-zone-profile',
    load: () => Promise<Verbs>,
  ) => {
    const verb = onDemand(load);
    const verbs = {
      list: verb('list'),
      create: verb('create'),
      show: verb('show'),
      update: verb('update'),
      remove: verb('remove'),
    };
    return resourceRoutes(`/lbaas/${path}`, (action) => `os_load-balancer_api:${name}:${action}`, verbs);
  };
  return [
    ...routes('flavors', 'flavor', async () => (await offered()).flavors(dependencies)),
    ...routes('flavorprofiles', 'flavor-profile', async () => (await offered()).flavorProfiles(dependencies)),
    ...routes('availabilityzones', 'availability-zone', async () => (await offered()).availabilityZones(dependencies)),
    ...routes('availabilityzoneprofiles', 'availability-zone-profile', async () =>
      (await offered()).availabilityZoneProfiles(dependencies),
    ),
  ];
};
