import type { PortRecord, ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

const HOST = 'stand-in-compute';

export const serverLinks = (serviceUrl: string, id: string) => [
  { rel: 'self', href: `${serviceUrl}/v2.1/servers/${id}` },
  { rel: 'bookmark', href: `${serviceUrl}/servers/${id}` },
];

export const portsOf = (store: Store, server: ServerRecord): PortRecord[] =>
  server.port_ids.flatMap((id) => store.ports.get(id) ?? []);

const addresses = (store: Store, server: ServerRecord): Record<string, unknown[]> => {
  const result: Record<string, unknown[]> = {};
  for (const port of portsOf(store, server)) {
    const name = store.networks.get(port.network_id)?.name ?? port.network_id;
    const list = result[name] ?? [];
    for (const { ip_address } of port.fixed_ips) {
      list.push({
        version: ip_address.includes(':') ? 6 : 4,
        addr: ip_address,
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS-MAC:mac_addr': port.mac_address,
      });
    }
    result[name] = list;
  }
  return result;
};

const groupNames = (store: Store, server: ServerRecord): { name: string }[] => {
  const ids = new Set(portsOf(store, server).flatMap(({ security_groups }) => security_groups));
  return [...ids].map((id) => ({ name: store.securityGroups.get(id)?.name ?? id }));
};

const VM_STATES = { BUILD: 'building', ACTIVE: 'active', ERROR: 'error' } as const;

/** A server as Nova shows it at microversion 2.15, with the administrators' attributes for them. */
export const serverView = (store: Store, server: ServerRecord, serviceUrl: string, isAdmin: boolean) => ({
  id: server.id,
  name: server.name,
  status: server.status,
  tenant_id: server.project_id,
  user_id: server.user_id,
  metadata: server.metadata,
  hostId: server.status === 'ACTIVE' ? '5a1d'.repeat(14) : '',
  image: { id: server.image_id, links: [{ rel: 'bookmark', href: `${serviceUrl}/images/${server.image_id}` }] },
  flavor: { id: server.flavor_id, links: [{ rel: 'bookmark', href: `${serviceUrl}/flavors/${server.flavor_id}` }] },
  created: server.created,
  updated: server.updated,
  addresses: addresses(store, server),
  accessIPv4: '',
  accessIPv6: '',
  links: serverLinks(serviceUrl, server.id),
  'OS-DCF:diskConfig': 'MANUAL',
  ...(server.status === 'ERROR' ? {} : { progress: server.status === 'ACTIVE' ? 100 : 0 }),
  ...(server.fault === null ? {} : { fault: server.fault }),
  ...(server.status === 'BUILD' ? {} : { security_groups: groupNames(store, server) }),
  'OS-EXT-AZ:availability_zone': server.status === 'ACTIVE' ? server.availability_zone : '',
  config_drive: server.config_drive ? 'True' : '',
  key_name: server.key_name,
  'OS-SRV-USG:launched_at': server.launched_at,
  'OS-SRV-USG:terminated_at': null,
  'OS-EXT-STS:task_state': server.task_state,
  'OS-EXT-STS:vm_state': VM_STATES[server.status],
  'OS-EXT-STS:power_state': server.status === 'ACTIVE' ? 1 : 0,
  'os-extended-volumes:volumes_attached': [],
  locked: false,
  ...(isAdmin
    ? {
        'OS-EXT-SRV-ATTR:host': server.status === 'ACTIVE' ? HOST : null,
        'OS-EXT-SRV-ATTR:hypervisor_hostname': server.status === 'ACTIVE' ? HOST : null,
        'OS-EXT-SRV-ATTR:instance_name': `instance-${server.id.slice(0, 8)}`,
        'OS-EXT-SRV-ATTR:hostname': server.name.toLowerCase(),
        'OS-EXT-SRV-ATTR:user_data': server.user_data,
      }
    : {}),
});

export { HOST as COMPUTE_HOST };
