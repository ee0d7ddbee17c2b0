import * as z from 'zod';
import { json, parsed } from '../http/body.ts';
import { HttpProblem } from '../http/problem.ts';
import { type Route, route } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import { visible } from '../network/access.ts';
import type { Ports } from '../network/ports.ts';
import type { PortRecord, ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Lifecycle } from './lifecycle.ts';
import { computeProblem, refuseBody } from './problems.ts';
import { portsOf } from './server-view.ts';
import { findServer } from './servers.ts';

const body = z.strictObject({
  interfaceAttachment: z.strictObject({
    port_id: z.string().optional(),
    net_id: z.string().optional(),
    fixed_ips: z.array(z.strictObject({ ip_address: z.string() })).optional(),
    tag: z.string().optional(),
  }),
});
type Wish = z.infer<typeof body>['interfaceAttachment'];

const attachment = (port: PortRecord) => ({
  net_id: port.network_id,
  port_id: port.id,
  mac_addr: port.mac_address,
  port_state: port.status,
  fixed_ips: port.fixed_ips,
});

const toAttach = (store: Store, ports: Ports, identity: Identity, server: ServerRecord, wish: Wish): PortRecord => {
  if (wish.port_id === undefined) {
    if (wish.net_id === undefined) throw computeProblem(400, 'Either net_id or port_id must be given');
    try {
      const port = ports.create(identity, {
        network_id: wish.net_id,
        fixed_ips: wish.fixed_ips,
        project_id: server.project_id,
      });
      server.own_port_ids.push(port.id);
      return port;
    } catch (error) {
      if (error instanceof HttpProblem) throw computeProblem(error.status, `Network ${wish.net_id} cannot give a port`);
      throw error;
    }
  }
  const port = store.ports.get(wish.port_id);
  if (port === undefined || !visible(identity, port))
    throw computeProblem(404, `Port id ${wish.port_id} could not be found.`);
  if (port['binding:host_id'] !== '') throw computeProblem(409, `Port ${port.id} is still in use.`);
  return port;
};

/** /servers/{id}/os-interface: the ports of a server, hot-plug and unplug. */
export const interfaceRoutes = (store: Store, ports: Ports, lifecycle: Lifecycle): readonly Route[] => [
  route('GET /v2.1/servers/:id/os-interface', (call) => {
    const server = findServer(store, call.identity(), call.params.id ?? '');
    return { status: 200, body: { interfaceAttachments: portsOf(store, server).map(attachment) } };
  }),
  route('GET /v2.1/servers/:id/os-interface/:port', (call) => {
    const server = findServer(store, call.identity(), call.params.id ?? '');
    const port = portsOf(store, server).find(({ id }) => id === call.params.port);
    if (port === undefined) throw computeProblem(404, `Port id ${call.params.port} could not be found.`);
    return { status: 200, body: { interfaceAttachment: attachment(port) } };
  }),
  route('POST /v2.1/servers/:id/os-interface', (call) => {
    const server = findServer(store, call.identity(), call.params.id ?? '');
    const wish = parsed(body, json(call.body), refuseBody).interfaceAttachment;
    if (server.status !== 'ACTIVE' || server.task_state !== null) {
      const state =
        server.task_state === null ? `vm_state ${server.status.toLowerCase()}` : `task_state ${server.task_state}`;
      throw computeProblem(409, `Cannot 'attach_interface' instance ${server.id} while it is in ${state}`);
    }
    const port = toAttach(store, ports, call.identity(), server, wish);
    lifecycle.bind(server, port);
    return { status: 200, body: { interfaceAttachment: attachment(port) } };
  }),
  route('DELETE /v2.1/servers/:id/os-interface/:port', (call) => {
    const server = findServer(store, call.identity(), call.params.id ?? '');
    const port = store.ports.get(call.params.port ?? '');
    if (port !== undefined) lifecycle.detach(server, port);
    return { status: 202 };
  }),
];
