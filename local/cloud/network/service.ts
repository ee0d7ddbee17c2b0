import type { Service } from '../http/listener.ts';
import { openRoute, type Route, route } from '../http/router.ts';
import type { QosPolicyRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { mustOwn, visible } from './access.ts';
import { type Addresses, poolSize } from './addresses.ts';
import { listed } from './listing.ts';
import { networkRoutes } from './networks.ts';
import type { Ports } from './ports.ts';
import { networkProblem, notFound } from './problems.ts';
import { securityGroupRoutes } from './security-groups.ts';

const EXTENSIONS = [
  ['allowed-address-pairs', 'Allowed Address Pairs'],
  ['binding', 'Port Binding'],
  ['dns-integration', 'DNS Integration'],
  ['network-ip-availability', 'Network IP Availability'],
  ['pagination', 'Pagination support'],
  ['port-security', 'Port Security'],
  ['project-id', 'project_id field enabled'],
  ['qos', 'Quality of Service'],
  ['security-group', 'security-group'],
  ['sorting', 'Sorting support'],
].map(([alias, name]) => ({ alias, name, description: name, updated: '2020-01-01T00:00:00-00:00', links: [] }));

const extensionRoutes: readonly Route[] = [
  route('GET /v2.0/extensions', () => ({ status: 200, body: { extensions: EXTENSIONS } })),
  route('GET /v2.0/extensions/:alias', ({ params }) => {
    const extension = EXTENSIONS.find(({ alias }) => alias === params.alias);
    if (extension === undefined)
      throw networkProblem(404, 'HTTPNotFound', `Extension with alias ${params.alias} does not exist`);
    return { status: 200, body: { extension } };
  }),
];

const availabilityView = (store: Store, addresses: Addresses, networkId: string) => {
  const network = store.networks.get(networkId);
  if (network === undefined) throw notFound('Network', networkId);
  const subnets = [...store.subnets.values()].filter(({ network_id }) => network_id === networkId);
  const rows = subnets.map((subnet) => ({
    subnet_id: subnet.id,
    subnet_name: subnet.name,
    ip_version: subnet.ip_version,
    cidr: subnet.cidr,
    used_ips: addresses.used(subnet.id),
    total_ips: poolSize(subnet),
  }));
  return {
    network_id: network.id,
    network_name: network.name,
    project_id: network.project_id,
    tenant_id: network.project_id,
    subnet_ip_availability: rows,
    used_ips: rows.reduce((sum, { used_ips }) => sum + used_ips, 0),
    total_ips: rows.reduce((sum, { total_ips }) => sum + total_ips, 0),
  };
};

const availabilityRoutes = (store: Store, addresses: Addresses): readonly Route[] => [
  // Administrators only: Neutron shows other callers an empty list and a 404.
  route('GET /v2.0/network-ip-availabilities', (call) => {
    const ids = call.identity().isAdmin ? [...store.networks.keys()] : [];
    const views = ids.map((id) => {
      const view = availabilityView(store, addresses, id);
      return { id, ...view, ip_version: [...new Set(view.subnet_ip_availability.map(({ ip_version }) => ip_version))] };
    });
    const attributes = ['network_id', 'network_name', 'project_id', 'tenant_id', 'ip_version'];
    return listed(call, 'network_ip_availabilities', views, attributes);
  }),
  route('GET /v2.0/network-ip-availabilities/:id', (call) => {
    const id = call.params.id ?? '';
    if (!call.identity().isAdmin) throw notFound('Network', id);
    return { status: 200, body: { network_ip_availability: availabilityView(store, addresses, id) } };
  }),
];

const qosRoutes = (store: Store): readonly Route[] => {
  const view = (policy: QosPolicyRecord) => ({
    ...policy,
    tenant_id: policy.project_id,
    is_default: false,
    rules: [],
    tags: [],
  });
  return [
    route('GET /v2.0/qos/policies', (call) => {
      const seen = [...store.qosPolicies.values()].filter((policy) => visible(call.identity(), policy));
      return listed(call, 'policies', seen.map(view), ['id', 'name', 'project_id', 'tenant_id', 'shared']);
    }),
    route('GET /v2.0/qos/policies/:id', (call) => {
      const id = call.params.id ?? '';
      const policy = store.qosPolicies.get(id);
      if (policy === undefined || !visible(call.identity(), policy)) throw notFound('QosPolicy', id);
      return { status: 200, body: { policy: view(policy) } };
    }),
    route('DELETE /v2.0/qos/policies/:id', (call) => {
      const id = call.params.id ?? '';
      const policy = store.qosPolicies.get(id);
      if (policy === undefined || !visible(call.identity(), policy)) throw notFound('QosPolicy', id);
      mustOwn(call.identity(), policy, 'delete_policy');
      const used = [...store.ports.values()].find(({ qos_policy_id }) => qos_policy_id === id);
      if (used !== undefined) {
        throw networkProblem(409, 'QosPolicyInUse', `QoS Policy ${id} is used by port ${used.id}.`);
      }
      store.qosPolicies.delete(id);
      store.touch();
      return { status: 204 };
    }),
  ];
};

const RESOURCES = ['network', 'subnet', 'port'];

/** Neutron v2.0. */
export const networkService = (store: Store, addresses: Addresses, ports: Ports): Service => ({
  name: 'network',
  prefix: '/network',
  notFound: () => ({ NeutronError: { type: 'HTTPNotFound', message: 'The resource could not be found.', detail: '' } }),
  routes: [
    ...ports.routes,
    ...securityGroupRoutes(store),
    ...networkRoutes(store),
    ...qosRoutes(store),
    ...availabilityRoutes(store, addresses),
    ...extensionRoutes,
    openRoute('GET /', ({ serviceUrl }) => ({
      status: 200,
      body: { versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${serviceUrl}/v2.0/` }] }] },
    })),
    // There are none: addresses of VIPs are reached as they are.
    route('GET /v2.0/floatingips', (call) =>
      listed(call, 'floatingips', [], ['port_id', 'floating_ip_address', 'project_id', 'tenant_id']),
    ),
    route('GET /v2.0/availability_zones', (call) =>
      listed(
        call,
        'availability_zones',
        [{ name: 'nova', resource: 'network', state: 'available' }],
        ['name', 'resource', 'state'],
      ),
    ),
    route('GET /v2.0', ({ serviceUrl }) => ({
      status: 200,
      body: {
        resources: RESOURCES.map((name) => ({
          name,
          collection: `${name}s`,
          links: [{ rel: 'self', href: `${serviceUrl}/v2.0/${name}s` }],
        })),
      },
    })),
  ],
});
