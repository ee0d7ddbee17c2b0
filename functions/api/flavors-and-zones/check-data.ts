import { FlavorOrZoneKind } from '../../../lib/models/flavors-and-zones.ts';
import { missingSubresource } from '../answers/refusals.ts';
import type { ApiDependencies, CloudChoices } from '../request/dependencies.ts';
import type { FlavorData, ProfileData, ZoneData } from './data.ts';

type Cloud = Pick<ApiDependencies, 'cloudChoices' | 'network'>;

const checkThat = async (is: Promise<boolean>, what: string, id: string): Promise<void> => {
  if (!(await is)) throw missingSubresource(what, id);
};

const checkFlavor = async ({ compute_flavor, amp_image_tag }: FlavorData, choices: CloudChoices): Promise<void> => {
  await Promise.all([
    compute_flavor === undefined || checkThat(choices.flavorExists(compute_flavor), 'Nova flavor', compute_flavor),
    amp_image_tag === undefined || checkThat(choices.imageExists(amp_image_tag), 'Image with tag', amp_image_tag),
  ]);
};

const checkZone = async (zone: string, choices: CloudChoices): Promise<void> => {
  const zones = await choices.listAvailabilityZones();
  if (!zones.includes(zone)) throw missingSubresource('Nova availability zone', zone);
};

const checkNetworks = async (data: ZoneData, network: ReturnType<ApiDependencies['network']>): Promise<void> => {
  const named = [data.management_network ?? [], data.valid_vip_networks ?? []].flat();
  await Promise.all([...new Set(named)].map((id) => network.getNetwork(id)));
};

/**
 * Whether the cloud has what a profile names: Nova flavor, image, zone and networks. Only what is named is looked for.
 * @throws ApiError 400
 * @throws CloudResourceNotFoundError a network is not there
 */
export const checkData = async (profile: ProfileData, cloud: Cloud): Promise<void> => {
  if (profile.kind === FlavorOrZoneKind.FLAVOR) {
    const { compute_flavor, amp_image_tag } = profile.data;
    if (compute_flavor !== undefined || amp_image_tag !== undefined) {
      await checkFlavor(profile.data, await cloud.cloudChoices());
    }
    return;
  }
  const { compute_zone } = profile.data;
  await Promise.all([
    compute_zone === undefined || cloud.cloudChoices().then((choices) => checkZone(compute_zone, choices)),
    checkNetworks(profile.data, cloud.network()),
  ]);
};
