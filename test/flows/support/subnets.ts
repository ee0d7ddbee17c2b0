import { request } from 'undici';
import * as z from 'zod';
import type { StandInCloud } from '../../../local/cloud/cloud.ts';
import { signIn } from '../../helpers/tenant.ts';

const made = z.object({ subnet: z.object({ id: z.string() }) });

/** A further subnet of a network of the stand-in cloud, which gives out the addresses from `start` to `end`; its id. */
export const addSubnet = async (
  { authUrl }: StandInCloud,
  networkId: string,
  { cidr, start, end }: { readonly cidr: string; readonly start: string; readonly end: string },
): Promise<string> => {
  const subnet = { network_id: networkId, cidr, gateway_ip: null, allocation_pools: [{ start, end }] };
  const answer = await request(new URL('/network/v2.0/subnets', authUrl), {
    method: 'POST',
    headers: { 'x-auth-token': await signIn(authUrl, 'admin', 'admin'), 'content-type': 'application/json' },
    body: JSON.stringify({ subnet }),
  });
  return made.parse(await answer.body.json()).subnet.id;
};
