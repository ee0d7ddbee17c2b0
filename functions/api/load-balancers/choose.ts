import { FlavorOrZoneKind, type FlavorOrZoneProfile } from '../../../lib/models/flavors-and-zones.ts';
import { findFlavorOrZone } from '../../../lib/repositories/flavors-and-zones/flavors-and-zones.ts';
import { findProfile } from '../../../lib/repositories/flavors-and-zones/profiles.ts';
import { disabledOption, flavorMismatch, validationFailure } from '../answers/refusals.ts';
import { checkProvider, DEFAULT_PROVIDER } from '../fields/provider.ts';
import { checkData } from '../flavors-and-zones/check-data.ts';
import { type FlavorData, parseData, readFlavorData, readZoneData, type ZoneData } from '../flavors-and-zones/data.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { Choice } from './choice.ts';
import type { CreateFields } from './definition.ts';

const UNKNOWN = { flavor: 'Invalid flavor_id.', availability_zone: 'Invalid availability zone.' } as const;

/** The profile of a chosen flavor or zone; null when none is named. A null names one that is not there. @throws ApiError 400 */
const profileOf = async (
  kind: FlavorOrZoneKind,
  id: string | null | undefined,
): Promise<FlavorOrZoneProfile | null> => {
  if (id === undefined) return null;
  const flavorOrZone = id ? await findFlavorOrZone(kind, id) : null;
  const profile = flavorOrZone === null ? null : await findProfile(kind, flavorOrZone.profile_id);
  if (flavorOrZone === null || profile === null) throw validationFailure(UNKNOWN[kind]);
  if (!flavorOrZone.enabled) throw disabledOption(kind, flavorOrZone.id);
  return profile;
};

/** The flavor's provider, which the body's own must be. */
const providerOf = ({ provider, flavor_id }: CreateFields, flavor: FlavorOrZoneProfile | null): string => {
  const wanted = provider || flavor?.provider_name || DEFAULT_PROVIDER;
  checkProvider(wanted);
  if (flavor !== null && flavor.provider_name !== wanted) throw flavorMismatch(String(flavor_id), wanted);
  return wanted;
};

/** The result of a body's flavor and availability zone. @throws ApiError 400, 501 */
export const choose = async (
  fields: CreateFields,
  dependencies: Pick<ApiDependencies, 'settings' | 'cloudChoices' | 'network'>,
): Promise<Choice> => {
  const [flavorProfile, zoneProfile] = await Promise.all([
    profileOf(FlavorOrZoneKind.FLAVOR, fields.flavor_id),
    profileOf(FlavorOrZoneKind.AVAILABILITY_ZONE, fields.availability_zone),
  ]);
  const provider = providerOf(fields, flavorProfile);
  const flavor: FlavorData =
    flavorProfile === null ? {} : readFlavorData(parseData(flavorProfile.data, 'flavor_data'), provider);
  const zone: ZoneData =
    zoneProfile === null ? {} : readZoneData(parseData(zoneProfile.data, 'availability_zone_data'), provider);
  const settings = dependencies.settings();
  // An empty list in a zone is no list.
  const allowed = zone.valid_vip_networks ?? [];
  return {
    provider,
    settings: {
      ...settings,
      loadbalancerTopology: flavor.loadbalancer_topology ?? settings.loadbalancerTopology,
      validVipNetworks: allowed.length > 0 ? allowed : settings.validVipNetworks,
    },
    amphoraOptions: {
      compute_flavor: flavor.compute_flavor ?? null,
      amp_image_tag: flavor.amp_image_tag ?? null,
      compute_zone: zone.compute_zone ?? null,
      management_network: zone.management_network ?? null,
    },
    check: async () => {
      await Promise.all([
        checkData({ kind: FlavorOrZoneKind.FLAVOR, data: flavor }, dependencies),
        checkData({ kind: FlavorOrZoneKind.AVAILABILITY_ZONE, data: zone }, dependencies),
      ]);
    },
  };
};
