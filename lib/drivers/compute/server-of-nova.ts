import type { NovaInterface } from '../../openstack/compute/interfaces/results.ts';
import type { NovaServer } from '../../openstack/compute/servers/results.ts';
import type { Server, ServerInterface } from './compute-driver.ts';

const STATUSES: Readonly<Record<string, Server['status']>> = {
  BUILD: 'BUILD',
  ACTIVE: 'ACTIVE',
  ERROR: 'ERROR',
  DELETED: 'DELETED',
  SOFT_DELETED: 'DELETED',
};

/** Nova's server in the worker's words. */
export const serverOfNova = (server: NovaServer): Server => ({
  id: server.id,
  name: server.name,
  status: STATUSES[server.status] ?? 'OTHER',
  fault: server.fault?.message ?? null,
  // Empty until the scheduler has chosen a host.
  availabilityZone: server['OS-EXT-AZ:availability_zone'] || null,
  imageId: server.image ? server.image.id : null,
  flavorId: server.flavor?.id ?? null,
});

/** Nova's interface in the worker's words. */
export const interfaceOfNova = (attached: NovaInterface): ServerInterface => ({
  portId: attached.port_id,
  networkId: attached.net_id,
  macAddress: attached.mac_addr,
  ipAddresses: (attached.fixed_ips ?? []).map(({ ip_address }) => ip_address),
});
