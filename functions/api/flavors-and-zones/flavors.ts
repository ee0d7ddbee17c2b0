import {
  type FlavorOrZone,
  FlavorOrZoneKind,
  type FlavorOrZoneProfile,
} from '../../../lib/models/flavors-and-zones.ts';
import { attributes } from '../fields/fields.ts';
import { resourceOn } from '../fields/resource.ts';
import { dataField, descriptionField, enabledField, nameField, profileField, profileFields, withId } from './fields.ts';

const flavor = resourceOn(withId<FlavorOrZone>())({
  argument: 'flavor_',
  wrapper: 'flavor',
  plural: 'flavors',
  schema: 'Flavor',
  fields: {
    name: nameField,
    description: descriptionField,
    enabled: enabledField,
    flavor_profile_id: profileField,
  },
  shown: {},
  hidden: {},
});
const { name, flavor_profile_id: _kept, ...changed } = flavor.puts;

/** /lbaas/flavors */
export const FLAVOR = {
  ...flavor,
  kind: FlavorOrZoneKind.FLAVOR,
  createFields: attributes(flavor.posts),
  updateFields: attributes({ ...changed, name }),
};

const profile = resourceOn(withId<FlavorOrZoneProfile>())({
  argument: 'flavor_profile_',
  wrapper: 'flavorprofile',
  plural: 'flavorprofiles',
  schema: 'FlavorProfile',
  fields: { ...profileFields, flavor_data: dataField('flavor_data') },
  shown: {},
  hidden: {},
});

/** /lbaas/flavorprofiles */
export const FLAVOR_PROFILE = {
  ...profile,
  kind: FlavorOrZoneKind.FLAVOR,
  linksKey: 'flavorprofile_links',
  dataField: 'flavor_data',
  createFields: attributes(profile.posts),
  updateFields: attributes(profile.puts),
};
