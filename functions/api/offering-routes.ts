import type { OfferingResource } from './offerings/resource.ts';
import type { ApiDependencies } from './request/dependencies.ts';
import { onDemand, resourceRoutes, type Verbs } from './request/resource-routes.ts';
import type { Route } from './request/router.ts';

const flavors = async () => (await import('./offerings/flavors.ts')).FLAVORS;
const zones = async () => (await import('./offerings/availability-zones.ts')).AVAILABILITY_ZONES;

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
  const offered = async (resource: Promise<OfferingResource>) =>
    (await import('./offerings/verbs.ts')).offeringVerbs(await resource, dependencies.settings);
  const profiles = async (resource: Promise<OfferingResource>) =>
    (await import('./offerings/profile-verbs.ts')).profileVerbs(await resource, dependencies);
  return [
    ...routes('flavors', 'flavor', () => offered(flavors())),
    ...routes('flavorprofiles', 'flavor-profile', () => profiles(flavors())),
    ...routes('availabilityzones', 'availability-zone', () => offered(zones())),
    ...routes('availabilityzoneprofiles', 'availability-zone-profile', () => profiles(zones())),
  ];
};
