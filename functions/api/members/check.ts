import type { NetworkLookup } from '../../../lib/drivers/network/network-driver.ts';
import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import type { Member, Pool } from '../../../lib/models/objects/pool.ts';
import { getLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { hostOf, isIPv6Address } from '../../../lib/tools/addresses.ts';
import { invalidOption, unsupportedOption, validationFailure } from '../answers/refusals.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import { lookups } from '../vip/lookups.ts';
import type { MemberFields } from './definition.ts';

type Reserved = Pick<ApiSettings, 'reservedIps'>;

/** What this deployment lets no member have. @throws ApiError 400 */
export const checkMemberOptions = ({ request_sriov }: MemberFields): void => {
  if (request_sriov) throw validationFailure("SR-IOV members are not allowed by this load balancer's flavor.");
};

/**
 * Neither traffic nor health checks go to reserved addresses, such as the metadata service's.
 * @throws ApiError 400
 */
export const checkReservedAddresses = (
  { ip_address, monitor_address }: Partial<Pick<Member, 'ip_address' | 'monitor_address'>>,
  { reservedIps }: Reserved,
): void => {
  const reserved = new Set(reservedIps.map(hostOf));
  const isReserved = (address: string) => reserved.has(hostOf(address));
  if (ip_address !== undefined && isReserved(ip_address)) throw invalidOption(ip_address, 'member address');
  if (monitor_address && isReserved(monitor_address)) throw invalidOption(monitor_address, 'member monitor_address');
};

/**
 * Whether the members may be where they are to be. An address need not be on its subnet: that says where it is reached from.
 * @param network with the caller's eyes; each subnet is looked at once
 * @throws ApiError 400
 */
export const checkMemberPlaces = async (
  members: readonly Pick<Member, 'ip_address' | 'monitor_address' | 'subnet_id'>[],
  { network, settings }: { readonly network: NetworkLookup; readonly settings: Reserved },
): Promise<void> => {
  for (const member of members) checkReservedAddresses(member, settings);
  const look = lookups(network);
  const subnets = new Set(members.flatMap(({ subnet_id }) => subnet_id ?? []));
  await Promise.all([...subnets].map((id) => look.subnet(id)));
};

const FORWARDED: ReadonlySet<string> = new Set(['UDP', 'SCTP']);

/** True for a pool whose packets are forwarded as they are: its members have a family that a VIP has. */
const isForwarded = ({ protocol }: Pick<Pool, 'protocol'>): boolean => FORWARDED.has(protocol);

/**
 * Whether some VIP can serve the members of a UDP or SCTP pool: one with addresses of their family.
 * @throws ApiError 501
 */
export const checkMemberFamilies = (
  pool: Pick<Pool, 'protocol'>,
  members: readonly Pick<Member, 'ip_address'>[],
  { vip, additional_vips, provider }: Pick<LoadBalancer, 'vip' | 'additional_vips' | 'provider'>,
): void => {
  if (!isForwarded(pool)) return;
  const families = new Set([vip, ...additional_vips].map(({ ip_address }) => isIPv6Address(ip_address)));
  if (members.every(({ ip_address }) => families.has(isIPv6Address(ip_address)))) return;
  throw unsupportedOption(
    provider,
    "This provider doesn't support mixing IPv4 and IPv6 addresses for its VIP and members in " +
      `${pool.protocol} load balancers.`,
  );
};

/** The same for members of a pool that is there; the load balancer is read where its addresses matter. */
export const checkFamiliesIn = async (
  pool: Pick<Pool, 'protocol' | 'load_balancer_id'>,
  members: readonly Pick<Member, 'ip_address'>[],
): Promise<void> => {
  if (isForwarded(pool) && members.length > 0) {
    checkMemberFamilies(pool, members, await getLoadBalancer(pool.load_balancer_id));
  }
};
