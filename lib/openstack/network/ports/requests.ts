import { pathTo, readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { listAll } from '../pages.ts';
import { type NeutronPort, onePort, portResult } from './results.ts';

/** Fields of a port that can be given; what is left out is Neutron's choice, or stays. */
export interface PortBody {
  readonly name?: string;
  readonly network_id?: string;
  readonly admin_state_up?: boolean;
  readonly device_id?: string;
  readonly device_owner?: string;
  readonly project_id?: string;
  readonly fixed_ips?: readonly { readonly subnet_id: string; readonly ip_address?: string }[];
  readonly security_groups?: readonly string[];
  readonly allowed_address_pairs?: readonly { readonly ip_address: string }[];
  readonly qos_policy_id?: string | null;
  readonly 'binding:vnic_type'?: string;
}

const port = (rest: Omit<ServiceRequest, 'service'>): ServiceRequest => ({ ...rest, service: 'network' });
const named = (id: string) => ({ kind: 'port', id });

/** POST /ports. */
export const createPort = async (session: CloudSession, body: PortBody): Promise<NeutronPort> => {
  const request = port({ method: 'POST', path: '/ports', body: { port: body }, accepts: [201] });
  return readJson(request, await session.call(request), onePort).port;
};

/** GET /ports with filters, of every project the worker may see. */
export const listPorts = (
  session: CloudSession,
  filters: readonly (readonly [string, string])[],
): Promise<readonly NeutronPort[]> =>
  listAll(session, port({ method: 'GET', path: '/ports', query: filters, accepts: [200] }), 'ports', portResult);

/** GET /ports/{id}. @throws CloudResourceNotFoundError */
export const getPort = async (session: CloudSession, portId: string): Promise<NeutronPort> => {
  const request = port({ method: 'GET', path: pathTo`/ports/${portId}`, accepts: [200], resource: named(portId) });
  return readJson(request, await session.call(request), onePort).port;
};

/** PUT /ports/{id}. */
export const updatePort = async (session: CloudSession, portId: string, body: PortBody): Promise<NeutronPort> => {
  const path = pathTo`/ports/${portId}`;
  const request = port({ method: 'PUT', path, body: { port: body }, accepts: [200], resource: named(portId) });
  return readJson(request, await session.call(request), onePort).port;
};

/** DELETE /ports/{id}. @throws CloudResourceNotFoundError */
export const deletePort = async (session: CloudSession, portId: string): Promise<void> => {
  await session.call(
    port({ method: 'DELETE', path: pathTo`/ports/${portId}`, accepts: [204], resource: named(portId) }),
  );
};
