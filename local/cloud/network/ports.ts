import { randomBytes } from 'node:crypto';
import { v4 } from 'uuid';
import * as z from 'zod';
import { json, parsed } from '../http/body.ts';
import { type Call, type Route, route } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import { now } from '../ids.ts';
import type { PortRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { mustOwn, ownerOf, visible } from './access.ts';
import type { Addresses } from './addresses.ts';
import { claimFixedIps } from './fixed-ips.ts';
import { listed, pick } from './listing.ts';
import { defaultGroup } from './new-group.ts';
import { badRequest, networkProblem, notFound, refuseBody } from './problems.ts';

const changeable = {
  name: z.string(),
  description: z.string(),
  admin_state_up: z.boolean(),
  device_id: z.string(),
  device_owner: z.string(),
  fixed_ips: z.array(z.strictObject({ subnet_id: z.string().optional(), ip_address: z.string().optional() })),
  security_groups: z.array(z.string()),
  allowed_address_pairs: z.array(z.strictObject({ ip_address: z.string(), mac_address: z.string().optional() })),
  port_security_enabled: z.boolean(),
  qos_policy_id: z.string().nullable(),
  dns_name: z.string(),
  'binding:vnic_type': z.string(),
  'binding:host_id': z.string(),
  'binding:profile': z.record(z.string(), z.unknown()),
};
const change = z.strictObject(changeable).partial();
const creation = change.extend({
  network_id: z.string(),
  mac_address: z.string().optional(),
  project_id: z.string().optional(),
  tenant_id: z.string().optional(),
});
export type PortCreation = z.infer<typeof creation>;
const creationBody = z.union([z.strictObject({ port: creation }), z.strictObject({ ports: z.array(creation) })]);

/** A port as Neutron shows it. */
export const portView = (port: PortRecord): Record<string, unknown> => {
  const bound = port['binding:host_id'] !== '';
  return {
    ...port,
    tenant_id: port.project_id,
    'binding:vif_type': bound ? 'bridge' : 'unbound',
    'binding:vif_details': bound ? { port_filter: false } : {},
    extra_dhcp_opts: [],
    qos_network_policy_id: null,
    resource_request: null,
  };
};

const ATTRIBUTES = [
  ...Object.keys(changeable),
  'id',
  'network_id',
  'mac_address',
  'project_id',
  'tenant_id',
  'status',
  'tags',
];

const freshMac = (store: Store): string => {
  const used = new Set([...store.ports.values()].map(({ mac_address }) => mac_address));
  for (;;) {
    const mac = `fa:16:3e:${randomBytes(3)
      .toString('hex')
      .replace(/(..)(..)(..)/, '$1:$2:$3')}`;
    if (!used.has(mac)) return mac;
  }
};

const checkReferences = (store: Store, body: z.infer<typeof change>): void => {
  for (const id of body.security_groups ?? []) {
    if (!store.securityGroups.has(id)) throw notFound('SecurityGroup', id);
  }
  const qos = body.qos_policy_id;
  if (typeof qos === 'string' && !store.qosPolicies.has(qos)) throw notFound('QosPolicy', qos);
};

const pairs = (wanted: PortCreation['allowed_address_pairs'], mac: string): PortRecord['allowed_address_pairs'] =>
  (wanted ?? []).map(({ ip_address, mac_address }) => ({ mac_address: mac_address ?? mac, ip_address }));

const findPort = (store: Store, identity: Identity, id: string): PortRecord => {
  const port = store.ports.get(id);
  if (port === undefined || !visible(identity, port)) throw notFound('Port', id);
  return port;
};

export interface Ports {
  /** @throws HttpProblem in Neutron's words */
  create(identity: Identity, body: PortCreation): PortRecord;
  remove(port: PortRecord): void;
  readonly routes: readonly Route[];
}

const withoutUndefined = <T extends object>(value: T): T =>
  Object.assign(value, Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)));

export const createPorts = (store: Store, addresses: Addresses): Ports => {
  const create = (identity: Identity, body: PortCreation): PortRecord => {
    const network = store.networks.get(body.network_id);
    if (network === undefined || !visible(identity, network)) throw notFound('Network', body.network_id);
    const project = ownerOf(identity, body);
    checkReferences(store, body);
    const mac = body.mac_address ?? freshMac(store);
    const secured = body.port_security_enabled ?? network.port_security_enabled;
    const port: PortRecord = {
      id: v4(),
      name: body.name ?? '',
      project_id: project,
      network_id: network.id,
      description: body.description ?? '',
      mac_address: mac,
      admin_state_up: body.admin_state_up ?? true,
      status: 'DOWN',
      device_id: body.device_id ?? '',
      device_owner: body.device_owner ?? '',
      fixed_ips: claimFixedIps(store, addresses, network.id, body.fixed_ips),
      security_groups: body.security_groups ?? (secured ? [defaultGroup(store, project).id] : []),
      allowed_address_pairs: pairs(body.allowed_address_pairs, mac),
      port_security_enabled: secured,
      qos_policy_id: body.qos_policy_id ?? null,
      dns_name: body.dns_name ?? '',
      'binding:vnic_type': body['binding:vnic_type'] ?? 'normal',
      'binding:host_id': body['binding:host_id'] ?? '',
      'binding:profile': body['binding:profile'] ?? {},
      tags: [],
      created_at: now(),
      updated_at: now(),
      revision_number: 1,
    };
    store.ports.set(port.id, port);
    store.touch();
    return port;
  };

  const update = (port: PortRecord, body: z.infer<typeof change>): void => {
    checkReferences(store, body);
    const { fixed_ips, allowed_address_pairs, ...rest } = body;
    if (fixed_ips !== undefined) {
      port.fixed_ips = claimFixedIps(store, addresses, port.network_id, fixed_ips, port.fixed_ips);
    }
    if (allowed_address_pairs !== undefined) {
      port.allowed_address_pairs = pairs(allowed_address_pairs, port.mac_address);
    }
    Object.assign(port, withoutUndefined(rest), { updated_at: now(), revision_number: port.revision_number + 1 });
    if (!port.admin_state_up) port.status = 'DOWN';
    else if (port['binding:host_id'] !== '') port.status = 'ACTIVE';
    store.touch();
  };

  const remove = (port: PortRecord): void => {
    addresses.release(port.fixed_ips);
    store.ports.delete(port.id);
    for (const server of store.servers.values()) {
      server.port_ids = server.port_ids.filter((id) => id !== port.id);
      server.own_port_ids = server.own_port_ids.filter((id) => id !== port.id);
    }
    store.touch();
  };

  const createAll = (call: Call) => {
    const body = parsed(creationBody, json(call.body), (path, message, keys) =>
      path === '' ? refuseCreation(call) : refuseBody(path, message, keys),
    );
    if ('port' in body) return { port: portView(create(call.identity(), body.port)) };
    const made: PortRecord[] = [];
    try {
      for (const wish of body.ports) made.push(create(call.identity(), wish));
    } catch (error) {
      made.forEach(remove);
      throw error;
    }
    return { ports: made.map(portView) };
  };

  return {
    create,
    remove,
    routes: [
      route('GET /v2.0/ports', (call) => {
        const seen = [...store.ports.values()].filter((port) => visible(call.identity(), port));
        return listed(call, 'ports', seen.map(portView), ATTRIBUTES);
      }),
      route('POST /v2.0/ports', (call) => ({ status: 201, body: createAll(call) })),
      route('GET /v2.0/ports/:id', (call) => {
        const port = findPort(store, call.identity(), call.params.id ?? '');
        return { status: 200, body: { port: pick(portView(port), call.query) } };
      }),
      route('PUT /v2.0/ports/:id', (call) => {
        const port = findPort(store, call.identity(), call.params.id ?? '');
        mustOwn(call.identity(), port, 'update_port');
        update(port, parsed(z.strictObject({ port: change }), json(call.body), refuseBody).port);
        return { status: 200, body: { port: portView(port) } };
      }),
      route('DELETE /v2.0/ports/:id', (call) => {
        const port = findPort(store, call.identity(), call.params.id ?? '');
        mustOwn(call.identity(), port, 'delete_port');
        if (port.device_owner.startsWith('network:router')) {
          throw networkProblem(409, 'PortInUse', `Port ${port.id} is in use by ${port.device_owner}.`);
        }
        remove(port);
        return { status: 204 };
      }),
    ],
  };
};

/** The complaint about a single port, since a union only says that nothing matched. */
const refuseCreation = (call: Call): Error => {
  try {
    parsed(z.strictObject({ port: creation }), json(call.body), refuseBody);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  return badRequest('Unable to parse the request body');
};
