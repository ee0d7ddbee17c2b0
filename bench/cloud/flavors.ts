import * as z from 'zod';
import type { Octavia } from '../rest/octavia.ts';
import type { Topology } from './bench.ts';

const found = z.object({ flavors: z.array(z.object({ id: z.string() })) });

/** The id of a flavor whose load balancers have that topology; it is made when there is none of its name. */
export const ensureFlavor = async (admin: Octavia, topology: Topology): Promise<string> => {
  const name = `bench-${topology}`;
  const { body } = await admin.send('GET', `/lbaas/flavors?name=${name}`);
  const [flavor] = found.parse(body).flavors;
  if (flavor !== undefined) return flavor.id;
  const profile = await admin.create('/lbaas/flavorprofiles', 'flavorprofile', {
    name,
    provider_name: 'amphora',
    flavor_data: JSON.stringify({ loadbalancer_topology: topology }),
  });
  const made = await admin.create('/lbaas/flavors', 'flavor', { name, flavor_profile_id: profile.id, enabled: true });
  return made.id;
};
