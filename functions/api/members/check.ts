import ipaddr from 'ipaddr.js';
import type { ApiSettings, NetworkLookup } from '../dependencies.ts';
import { lookups } from '../load-balancers/vip-lookups.ts';
import { invalidOption, validationFailure } from '../refusals.ts';
import type { MemberFields } from './body.ts';

/** One spelling for each address; an IPv4 address in IPv6's clothes is that IPv4 address. */
const canonical = (address: string): string => ipaddr.process(address).toString();

/**
 * Whether the members may be.
 * @param network with the caller's eyes; each subnet is looked at once
 * @throws ApiError 400
 */
export const checkMembers = async (
  members: readonly MemberFields[],
  { network, settings }: { readonly network: NetworkLookup; readonly settings: Pick<ApiSettings, 'reservedIps'> },
): Promise<void> => {
  const reserved = new Set(settings.reservedIps.filter(ipaddr.isValid).map(canonical));
  for (const { address, request_sriov } of members) {
    if (reserved.has(canonical(address))) throw invalidOption(address, 'member address');
    if (request_sriov) {
      throw validationFailure("SR-IOV members are not allowed by this load balancer's flavor.");
    }
  }
  const look = lookups(network);
  const subnets = new Set(members.flatMap(({ subnet_id }) => subnet_id ?? []));
  await Promise.all([...subnets].map((id) => look.subnet(id)));
};
