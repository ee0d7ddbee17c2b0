import type { ApiDependencies } from '../dependencies.ts';
import { profileVerbs } from '../offering-profiles/verbs.ts';
import { AVAILABILITY_ZONES } from './availability-zones.ts';
import { FLAVORS } from './flavors.ts';
import { offeringVerbs } from './verbs.ts';

export const flavors = ({ settings }: ApiDependencies) => offeringVerbs(FLAVORS, settings);
export const flavorProfiles = (dependencies: ApiDependencies) => profileVerbs(FLAVORS, dependencies);
export const availabilityZones = ({ settings }: ApiDependencies) => offeringVerbs(AVAILABILITY_ZONES, settings);
export const availabilityZoneProfiles = (dependencies: ApiDependencies) =>
  profileVerbs(AVAILABILITY_ZONES, dependencies);
