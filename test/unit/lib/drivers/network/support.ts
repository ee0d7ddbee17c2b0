import type { Port } from '../../../../../lib/drivers/network/network-driver.ts';

/** A port with an address on each of the subnets: 10.0.0.1, 10.0.0.2 and so on. */
export const aPort = (
  id: string,
  networkId: string,
  subnetIds: readonly string[],
  changes: Partial<Port> = {},
): Port => ({
  id,
  name: id,
  networkId,
  macAddress: 'fa:16:3e:00:00:01',
  deviceId: '',
  deviceOwner: 'Octavia',
  status: 'ACTIVE',
  adminStateUp: true,
  fixedIps: subnetIds.map((subnetId, index) => ({ subnetId, ipAddress: `10.0.0.${index + 1}` })),
  securityGroupIds: [],
  allowedAddressPairs: [],
  qosPolicyId: null,
  projectId: 'project',
  ...changes,
});
