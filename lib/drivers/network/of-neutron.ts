import type { NeutronNetwork } from '../../openstack/network/networks/requests.ts';
import type { NeutronPort } from '../../openstack/network/ports/results.ts';
import type { NeutronSubnet } from '../../openstack/network/subnets/requests.ts';
import type { Network, Port, Subnet } from './network-driver.ts';

/** Neutron's port in the worker's words. */
export const portOfNeutron = (port: NeutronPort): Port => ({
  id: port.id,
  name: port.name,
  networkId: port.network_id,
  macAddress: port.mac_address,
  deviceId: port.device_id,
  deviceOwner: port.device_owner,
  status: port.status,
  adminStateUp: port.admin_state_up,
  fixedIps: port.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnetId: subnet_id, ipAddress: ip_address })),
  securityGroupIds: port.security_groups,
  allowedAddressPairs: port.allowed_address_pairs.map(({ ip_address }) => ip_address),
  qosPolicyId: port.qos_policy_id ?? null,
  projectId: port.project_id ?? port.tenant_id ?? '',
});

/** Ethernet's own, for clouds that do not report one. */
const DEFAULT_MTU = 1500;

/** Neutron's network in the worker's words. */
export const networkOfNeutron = (network: NeutronNetwork): Network => ({
  id: network.id,
  name: network.name,
  mtu: network.mtu || DEFAULT_MTU,
  subnetIds: network.subnets,
  portSecurityEnabled: network.port_security_enabled,
});

/** Neutron's subnet in the worker's words. */
export const subnetOfNeutron = (subnet: NeutronSubnet): Subnet => ({
  id: subnet.id,
  networkId: subnet.network_id,
  cidr: subnet.cidr,
  gatewayIp: subnet.gateway_ip ?? null,
  ipVersion: subnet.ip_version,
  hostRoutes: subnet.host_routes,
});
