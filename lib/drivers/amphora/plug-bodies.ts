import type { PlugNetwork, PlugVip, VipAddress } from './amphora-driver.ts';

/** One address as the agent's plug calls want it. */
export interface AddressBody {
  readonly ip_address: string;
  readonly subnet_cidr: string;
  readonly gateway: string | null;
  readonly host_routes: readonly { readonly destination: string; readonly nexthop: string }[];
}

export interface PlugVipBody {
  readonly subnet_cidr: string;
  readonly gateway: string | null;
  readonly mac_address: string;
  readonly vrrp_ip: string;
  readonly mtu: number;
  readonly host_routes: AddressBody['host_routes'];
  readonly additional_vips: readonly AddressBody[];
  readonly is_sriov: false;
}

export interface PlugNetworkBody {
  readonly mac_address: string;
  readonly fixed_ips: readonly AddressBody[];
  readonly mtu: number;
  readonly is_sriov: false;
  readonly vip_net_info?: PlugVipBody & { readonly vip: string };
}

const addressBody = (address: VipAddress): AddressBody => ({
  ip_address: address.ipAddress,
  subnet_cidr: address.subnetCidr,
  gateway: address.gateway,
  host_routes: address.hostRoutes.map(({ destination, nexthop }) => ({ destination, nexthop })),
});

/**
 * Body of POST plug/vip/{vip}. The list of additional VIPs is always there: the agent drops those that are not in it.
 */
export const plugVipBody = ({ vip, additionalVips, macAddress, vrrpIp, mtu }: PlugVip): PlugVipBody => {
  const { subnet_cidr, gateway, host_routes } = addressBody(vip);
  return {
    subnet_cidr,
    gateway,
    mac_address: macAddress,
    vrrp_ip: vrrpIp,
    mtu,
    host_routes,
    additional_vips: additionalVips.map(addressBody),
    is_sriov: false,
  };
};

/** Body of POST plug/network; on the base port with all the VIP's own facts, because the agent rewrites its file. */
export const plugNetworkBody = ({ macAddress, mtu, fixedIps, vip }: PlugNetwork): PlugNetworkBody => ({
  mac_address: macAddress,
  fixed_ips: fixedIps.map(addressBody),
  mtu,
  is_sriov: false,
  ...(vip === null ? {} : { vip_net_info: { ...plugVipBody(vip), vip: vip.vip.ipAddress } }),
});
