import { OfferingKind } from '../../../lib/models/offering.ts';
import { attributes, text, uuid } from '../fields/fields.ts';
import { changedOfferingFields, DATA_LENGTH, newOfferingFields, type OfferingResource } from './resource.ts';
import type { AvailabilityZoneProfileView, AvailabilityZoneView } from './shapes.ts';

/** /lbaas/availabilityzones and /lbaas/availabilityzoneprofiles; a zone is known by its name, which stays. */
export const AVAILABILITY_ZONES: OfferingResource = {
  kind: OfferingKind.AVAILABILITY_ZONE,
  offering: {
    argument: 'availability_zone_',
    wrapper: 'availability_zone',
    plural: 'availability_zones',
    createFields: attributes({ ...newOfferingFields, availability_zone_profile_id: uuid() }).transform(
      ({ availability_zone_profile_id: profile_id, ...fields }) => ({ ...fields, profile_id }),
    ),
    updateFields: attributes(changedOfferingFields),
    view: ({ name, description, enabled, profile_id }): AvailabilityZoneView => ({
      name,
      description,
      enabled,
      availability_zone_profile_id: profile_id,
    }),
    searchable: ['id', 'name', 'description', 'enabled', 'availability_zone_profile_id'],
  },
  profile: {
    argument: 'availability_zone_profile_',
    wrapper: 'availability_zone_profile',
    plural: 'availability_zone_profiles',
    linksKey: 'availability_zone_profile_links',
    dataField: 'availability_zone_data',
    createFields: attributes({
      name: text(255),
      provider_name: text(255),
      availability_zone_data: text(DATA_LENGTH),
    }).transform(({ availability_zone_data: data, ...fields }) => ({ ...fields, data })),
    updateFields: attributes({
      name: text(255).nullish(),
      provider_name: text(255).nullish(),
      availability_zone_data: text(DATA_LENGTH).nullish(),
    }).transform(({ availability_zone_data: data, ...fields }) => ({ ...fields, data })),
    view: ({ id, name, provider_name, data }): AvailabilityZoneProfileView => ({
      id,
      name,
      provider_name,
      availability_zone_data: data,
    }),
    searchable: ['id', 'name', 'provider_name', 'availability_zone_data'],
  },
};
