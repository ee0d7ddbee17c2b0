import type { Stack } from '../../local/stack.ts';
import { signIn } from '../flows/support/sign-in.ts';

/** An availability zone of the API, in a zone of the stand-in's Nova; its name. */
export const addZone = async (stack: Stack, name: string): Promise<string> => {
  const admin = await signIn(stack, 'admin', 'admin');
  const profile = { name, provider_name: 'amphora', availability_zone_data: '{"compute_zone": "nova"}' };
  const { id } = await admin.made('availabilityzoneprofiles', 'availability_zone_profile', profile);
  await admin.made('availabilityzones', 'availability_zone', { name, availability_zone_profile_id: id });
  return name;
};

/** A flavor of one amphora; its id. */
export const addFlavor = async (stack: Stack, name: string): Promise<string> => {
  const admin = await signIn(stack, 'admin', 'admin');
  const profile = { name, provider_name: 'amphora', flavor_data: '{"loadbalancer_topology": "SINGLE"}' };
  const { id } = await admin.made('flavorprofiles', 'flavorprofile', profile);
  return String((await admin.made('flavors', 'flavor', { name, flavor_profile_id: id })).id);
};
