import {
  type FlavorOrZone,
  FlavorOrZoneKind,
  type FlavorOrZoneProfile,
} from '../../../lib/models/flavors-and-zones.ts';
import { attributes } from '../fields/fields.ts';
import { resourceOn } from '../fields/resource.ts';
import {
  dataField,
  descriptionField,
  enabledField,
  nameField,
  profileField,
  profileFields,
  withId,
  withoutId,
} from './fields.ts';

/** A zone is known by its name, which stays. */
const zone = resourceOn(withoutId<FlavorOrZone>())({
  argument: 'availability_zone_',
  wrapper: 'availability_zone',
  plural: 'availability_zones',
  schema: 'AvailabilityZone',
  fields: {
    name: nameField,
    description: descriptionField,
    enabled: enabledField,
    availability_zone_profile_id: profileField,
  },
  shown: {},
  hidden: {},
});

/** /lbaas/availabilityzones */
export const AVAILABILITY_ZONE = {
  ...zone,
  kind: FlavorOrZoneKind.AVAILABILITY_ZONE,
  createFields: attributes(zone.posts),
  updateFields: attributes(zone.puts).omit({ name: true, availability_zone_profile_id: true }),
};

const profile = resourceOn(withId<FlavorOrZoneProfile>())({
  argument: 'availability_zone_profile_',
  wrapper: 'availability_zone_profile',
  plural: 'availability_zone_profiles',
  schema: 'AvailabilityZoneProfile',
  fields: { ...profileFields, availability_zone_data: dataField('availability_zone_data') },
  shown: {},
  hidden: {},
});

/** /lbaas/availabilityzoneprofiles */
export const AVAILABILITY_ZONE_PROFILE = {
  ...profile,
  kind: FlavorOrZoneKind.AVAILABILITY_ZONE,
  linksKey: 'availability_zone_profile_links',
  dataField: 'availability_zone_data',
  createFields: attributes(profile.posts),
  updateFields: attributes(profile.puts),
};
