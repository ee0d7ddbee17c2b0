import type { NetworkLookup, Port } from '../../../lib/drivers/network/network-driver.ts';
import { allEnded } from '../../../lib/tools/all-ended.ts';
import { validationFailure, vipSourceMissing } from '../answers/refusals.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import type { WantedVip } from './fields.ts';
import { type Lookups, lookups } from './lookups.ts';
import { type Place, primaryPlace } from './place.ts';
import { checkProtection, wantedProtection } from './protection.ts';

/** Where the VIP will be. An empty address is Neutron's choice. */
export interface ResolvedVip {
  /** The caller's own port, or null when one is to be made. */
  readonly port: Port | null;
  readonly network_id: string;
  readonly subnet_id: string;
  readonly ip_address: string;
  readonly qos_policy_id: string | null;
  readonly sg_ids: readonly string[];
  readonly additional: readonly { readonly subnet_id: string; readonly ip_address: string }[];
}

export interface VipResolution {
  /** With the caller's eyes. */
  readonly lookup: NetworkLookup;
  /** Free addresses by subnet; asked when the network alone is given. */
  readonly freeAddresses: (networkId: string) => Promise<Readonly<Record<string, number>>>;
  readonly settings: Omit<ApiSettings, 'paginationMaxLimit'>;
}

/** Which sources this deployment takes. */
const checkAllowed = (wanted: WantedVip, settings: VipResolution['settings']): void => {
  const sources = [
    ['vip_port_id', wanted.vip_port_id, settings.allowVipPortId],
    ['vip_network_id', wanted.vip_network_id, settings.allowVipNetworkId],
    ['vip_subnet_id', wanted.vip_subnet_id, settings.allowVipSubnetId],
  ] as const;
  for (const [name, id, allowed] of sources) {
    if (id && !allowed) throw validationFailure(`use of ${name} is disallowed by this deployment's configuration.`);
  }
  if (sources.every(([, id]) => !id)) {
    throw vipSourceMissing(sources.filter(([, , allowed]) => allowed).map(([name]) => name));
  }
};

const checkNetwork = (
  networkId: string,
  { validVipNetworks, denylistVipNetworks }: VipResolution['settings'],
): void => {
  const isNamed = (list: readonly string[]) => list.some((id) => id.toLowerCase() === networkId.toLowerCase());
  const listed = validVipNetworks.length === 0 || isNamed(validVipNetworks);
  if (listed && !isNamed(denylistVipNetworks)) return;
  throw validationFailure('Supplied VIP network_id is not allowed by the configuration of this deployment.');
};

type Further = NonNullable<WantedVip['additional_vips']>;

/** Looks at the subnets of the further addresses: of one network, and one address for each subnet. */
const checkAdditional = async (placing: Promise<Place>, further: Further, look: Lookups): Promise<void> => {
  const looking = allEnded(further.map(({ subnet_id }) => look.subnet(subnet_id)));
  // Asked for at once; its failure counts only when each subnet is named once.
  looking.catch(() => undefined);
  const place = await placing;
  const subnetIds = [place.subnet_id, ...further.map(({ subnet_id }) => subnet_id)];
  if (new Set(subnetIds).size < subnetIds.length) {
    throw validationFailure('Duplicate VIP subnet(s) specified. Only one IP can be bound per subnet.');
  }
  if ((await looking).some(({ networkId }) => networkId !== place.network_id)) {
    throw validationFailure('All VIP subnets must belong to the same network.');
  }
};

/**
 * Finds the VIP's network, subnet and, as far as it is known already, address. Looks are made at once where they do
 * not need each other, and each thing is looked at once: with a subnet given that is one call.
 * @throws ApiError 400
 * @throws CloudUnavailableError
 */
export const resolveVip = async (wanted: WantedVip, by: VipResolution): Promise<ResolvedVip> => {
  checkAllowed(wanted, by.settings);
  const look = lookups(by.lookup);
  const further = wanted.additional_vips ?? [];
  const protection = wantedProtection(wanted);
  const { sg_ids = [], ...qos } = protection;
  const placing = primaryPlace(wanted, look, by);
  // Of several mistakes the first one of this list is told, as by upstream.
  const [place] = await allEnded([
    placing,
    checkProtection(qos, look),
    checkAdditional(placing, further, look),
    checkProtection({ sg_ids }, look),
  ]);
  checkNetwork(place.network_id, by.settings);
  return {
    ...place,
    qos_policy_id: place.port?.qosPolicyId ?? null,
    sg_ids: [],
    ...protection,
    additional: further.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address: ip_address ?? '' })),
  };
};
