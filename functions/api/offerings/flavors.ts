import { OfferingKind } from '../../../lib/models/offering.ts';
import { attributes, text, uuid } from '../fields/fields.ts';
import {
  changedOfferingFields,
  DATA_LENGTH,
  newOfferingFields,
  type OfferingResource,
  offeringName,
} from './resource.ts';
import type { FlavorProfileView, FlavorView } from './shapes.ts';

/** /lbaas/flavors and /lbaas/flavorprofiles */
export const FLAVORS: OfferingResource = {
  kind: OfferingKind.FLAVOR,
  offering: {
    argument: 'flavor_',
    wrapper: 'flavor',
    plural: 'flavors',
    createFields: attributes({ ...newOfferingFields, flavor_profile_id: uuid() }).transform(
      ({ flavor_profile_id: profile_id, ...fields }) => ({ ...fields, profile_id }),
    ),
    updateFields: attributes({ ...changedOfferingFields, name: offeringName().optional() }),
    view: ({ id, name, description, enabled, profile_id }): FlavorView => ({
      id,
      name,
      description,
      enabled,
      flavor_profile_id: profile_id,
    }),
    searchable: ['id', 'name', 'description', 'enabled', 'flavor_profile_id'],
  },
  profile: {
    argument: 'flavor_profile_',
    wrapper: 'flavorprofile',
    plural: 'flavorprofiles',
    linksKey: 'flavorprofile_links',
    dataField: 'flavor_data',
    createFields: attributes({ name: text(255), provider_name: text(255), flavor_data: text(DATA_LENGTH) }).transform(
      ({ flavor_data: data, ...fields }) => ({ ...fields, data }),
    ),
    updateFields: attributes({
      name: text(255).nullish(),
      provider_name: text(255).nullish(),
      flavor_data: text(DATA_LENGTH).nullish(),
    }).transform(({ flavor_data: data, ...fields }) => ({ ...fields, data })),
    view: ({ id, name, provider_name, data }): FlavorProfileView => ({ id, name, provider_name, flavor_data: data }),
    searchable: ['id', 'name', 'provider_name', 'flavor_data'],
  },
};
