import ipaddr from 'ipaddr.js';
import { v4 } from 'uuid';
import * as z from 'zod';
import { json, parsed } from '../http/body.ts';
import { type Route, route } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import { now } from '../ids.ts';
import { allocationPool, hostRoute, type NetworkRecord, type SubnetRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { mustOwn, ownerOf, visible } from './access.ts';
import { defaultPool } from './addresses.ts';
import { listed, pick } from './listing.ts';
import { badRequest, networkProblem, notFound, refuseBody } from './problems.ts';

const networkBody = z.strictObject({
  network: z.strictObject({
    name: z.string().optional(),
    description: z.string().optional(),
    mtu: z.int().optional(),
    shared: z.boolean().optional(),
    admin_state_up: z.boolean().optional(),
    port_security_enabled: z.boolean().optional(),
    project_id: z.string().optional(),
    tenant_id: z.string().optional(),
  }),
});

const subnetBody = z.strictObject({
  subnet: z.strictObject({
    network_id: z.string(),
    cidr: z.string(),
    ip_version: z.union([z.literal(4), z.literal(6)]).optional(),
    name: z.string().optional(),
    description: z.string().optional(),
    gateway_ip: z.string().nullable().optional(),
    enable_dhcp: z.boolean().optional(),
    allocation_pools: z.array(allocationPool).optional(),
    host_routes: z.array(hostRoute).optional(),
    dns_nameservers: z.array(z.string()).optional(),
    project_id: z.string().optional(),
    tenant_id: z.string().optional(),
  }),
});

export const networkView = (store: Store, network: NetworkRecord, identity: Identity): Record<string, unknown> => ({
  ...network,
  tenant_id: network.project_id,
  status: 'ACTIVE',
  subnets: [...store.subnets.values()].filter(({ network_id }) => network_id === network.id).map(({ id }) => id),
  availability_zone_hints: [],
  availability_zones: [],
  ipv4_address_scope: null,
  ipv6_address_scope: null,
  'router:external': false,
  tags: [],
  ...(identity.isAdmin
    ? { 'provider:network_type': 'local', 'provider:physical_network': null, 'provider:segmentation_id': null }
    : {}),
});

const subnetView = (subnet: SubnetRecord): Record<string, unknown> => ({
  ...subnet,
  tenant_id: subnet.project_id,
  subnetpool_id: null,
  ipv6_ra_mode: null,
  ipv6_address_mode: null,
  service_types: [],
  tags: [],
});

const stamps = () => ({ created_at: now(), updated_at: now(), revision_number: 0 });
const COMMON = ['id', 'name', 'project_id', 'tenant_id', 'description', 'tags'];
const NETWORK_ATTRIBUTES = [
  ...COMMON,
  ...['mtu', 'shared', 'admin_state_up', 'status', 'router:external', 'port_security_enabled', 'qos_policy_id'],
  ...['provider:network_type', 'provider:physical_network', 'provider:segmentation_id'],
];
const SUBNET_ATTRIBUTES = [...COMMON, 'network_id', 'cidr', 'ip_version', 'gateway_ip', 'enable_dhcp'];

const networksRoutes = (store: Store): readonly Route[] => {
  const find = (identity: Identity, id: string): NetworkRecord => {
    const network = store.networks.get(id);
    if (network === undefined || !visible(identity, network)) throw notFound('Network', id);
    return network;
  };
  const view = (identity: Identity) => (network: NetworkRecord) => networkView(store, network, identity);
  return [
    route('GET /v2.0/networks', (call) => {
      const seen = [...store.networks.values()].filter((network) => visible(call.identity(), network));
      return listed(call, 'networks', seen.map(view(call.identity())), NETWORK_ATTRIBUTES);
    }),
    route('GET /v2.0/networks/:id', (call) => {
      const network = find(call.identity(), call.params.id ?? '');
      return { status: 200, body: { network: pick(view(call.identity())(network), call.query) } };
    }),
    route('POST /v2.0/networks', (call) => {
      const body = parsed(networkBody, json(call.body), refuseBody).network;
      const network: NetworkRecord = {
        id: v4(),
        name: body.name ?? '',
        project_id: ownerOf(call.identity(), body),
        description: body.description ?? '',
        mtu: body.mtu ?? 1500,
        shared: body.shared ?? false,
        admin_state_up: body.admin_state_up ?? true,
        port_security_enabled: body.port_security_enabled ?? true,
        qos_policy_id: null,
        ...stamps(),
      };
      store.networks.set(network.id, network);
      store.touch();
      return { status: 201, body: { network: view(call.identity())(network) } };
    }),
    route('DELETE /v2.0/networks/:id', (call) => {
      const network = find(call.identity(), call.params.id ?? '');
      mustOwn(call.identity(), network, 'delete_network');
      if ([...store.ports.values()].some(({ network_id }) => network_id === network.id)) {
        const message = `Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network.`;
        throw networkProblem(409, 'NetworkInUse', message);
      }
      for (const subnet of store.subnets.values())
        if (subnet.network_id === network.id) store.subnets.delete(subnet.id);
      store.networks.delete(network.id);
      store.touch();
      return { status: 204 };
    }),
  ];
};

const gatewayOf = (cidr: string, version: 4 | 6): string => {
  const [first] = defaultPool(cidr, null);
  return version === 4 ? (first?.start ?? '') : ipaddr.parse(cidr.split('/')[0] ?? '').toString();
};

const subnetsRoutes = (store: Store): readonly Route[] => {
  const isShared = ({ network_id }: SubnetRecord): boolean => store.networks.get(network_id)?.shared === true;
  const seenBy = (identity: Identity) => (subnet: SubnetRecord) =>
    visible(identity, { project_id: subnet.project_id, shared: isShared(subnet) });
  const find = (identity: Identity, id: string): SubnetRecord => {
    const subnet = store.subnets.get(id);
    if (subnet === undefined || !seenBy(identity)(subnet)) throw notFound('Subnet', id);
    return subnet;
  };
  return [
    route('GET /v2.0/subnets', (call) => {
      const seen = [...store.subnets.values()].filter(seenBy(call.identity()));
      return listed(call, 'subnets', seen.map(subnetView), SUBNET_ATTRIBUTES);
    }),
    route('GET /v2.0/subnets/:id', (call) => {
      const subnet = find(call.identity(), call.params.id ?? '');
      return { status: 200, body: { subnet: pick(subnetView(subnet), call.query) } };
    }),
    route('POST /v2.0/subnets', (call) => {
      const body = parsed(subnetBody, json(call.body), refuseBody).subnet;
      const network = store.networks.get(body.network_id);
      if (network === undefined || !visible(call.identity(), network)) throw notFound('Network', body.network_id);
      if (!ipaddr.isValidCIDR(body.cidr))
        throw badRequest(`Invalid input for cidr. Reason: '${body.cidr}' is not a valid IP subnet.`);
      const version = ipaddr.parseCIDR(body.cidr)[0].kind() === 'ipv4' ? 4 : 6;
      const gateway = body.gateway_ip === undefined ? gatewayOf(body.cidr, version) : body.gateway_ip;
      const subnet: SubnetRecord = {
        id: v4(),
        name: body.name ?? '',
        project_id: ownerOf(call.identity(), body),
        network_id: network.id,
        description: body.description ?? '',
        ip_version: version,
        cidr: body.cidr,
        gateway_ip: gateway,
        enable_dhcp: body.enable_dhcp ?? true,
        allocation_pools: body.allocation_pools ?? defaultPool(body.cidr, gateway),
        host_routes: body.host_routes ?? [],
        dns_nameservers: body.dns_nameservers ?? [],
        ...stamps(),
      };
      store.subnets.set(subnet.id, subnet);
      store.touch();
      return { status: 201, body: { subnet: subnetView(subnet) } };
    }),
    route('DELETE /v2.0/subnets/:id', (call) => {
      const subnet = find(call.identity(), call.params.id ?? '');
      mustOwn(call.identity(), subnet, 'delete_subnet');
      if (
        [...store.ports.values()].some(({ fixed_ips }) => fixed_ips.some(({ subnet_id }) => subnet_id === subnet.id))
      ) {
        const message = `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`;
        throw networkProblem(409, 'SubnetInUse', message);
      }
      store.subnets.delete(subnet.id);
      store.touch();
      return { status: 204 };
    }),
  ];
};

/** Networks and subnets. */
export const networkRoutes = (store: Store): readonly Route[] => [...networksRoutes(store), ...subnetsRoutes(store)];
