import ipaddr from 'ipaddr.js';
import type { NetworkLookup } from '../../../lib/drivers/network/network-driver.ts';
import type { Member } from '../../../lib/models/pool.ts';
import type { ApiSettings } from '../dependencies.ts';
import { lookups } from '../load-balancers/vip-lookups.ts';
import { invalidOption, validationFailure } from '../refusals.ts';
import type { MemberFields } from './body.ts';

/** One spelling for each address; an IPv4 address in IPv6's clothes is that IPv4 address. */
const canonical = (address: string): string => ipaddr.process(address).toString();

/** What this deployment lets no member have. @throws ApiError 400 */
export const checkMemberOptions = ({ request_sriov }: MemberFields): void => {
  if (request_sriov) throw validationFailure("SR-IOV members are not allowed by this load balancer's flavor.");
};

/**
 * Whether the members may be where they are to be. An address need not be on its subnet: that says where it is reached from.
 * @param network with the caller's eyes; each subnet is looked at once
 * @throws ApiError 400
 */
export const checkMemberPlaces = async (
  members: readonly Pick<Member, 'ip_address' | 'subnet_id'>[],
  { network, settings }: { readonly network: NetworkLookup; readonly settings: Pick<ApiSettings, 'reservedIps'> },
): Promise<void> => {
  const reserved = new Set(settings.reservedIps.filter((address) => ipaddr.isValid(address)).map(canonical));
  const refused = members.find(({ ip_address }) => reserved.has(canonical(ip_address)));
  if (refused !== undefined) throw invalidOption(refused.ip_address, 'member address');
  const look = lookups(network);
  const subnets = new Set(members.flatMap(({ subnet_id }) => subnet_id ?? []));
  await Promise.all([...subnets].map((id) => look.subnet(id)));
};
