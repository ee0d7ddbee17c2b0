import * as z from 'zod';
import type { ExternalResourceKind } from '../../models/external-resource.ts';
import { afterCount, afterLast, listAllOfNova } from '../../openstack/compute/pages.ts';
import type { ServiceRequest } from '../../openstack/http/service-request.ts';
import { listAll } from '../../openstack/network/pages.ts';
import { PAGE } from '../../openstack/pages.ts';
import { type CloudSession, cloudSession } from '../../openstack/session.ts';
import { DEVICE_OWNER } from '../network/network-driver.ts';

/** Something in the cloud that may be the worker's, by its kind and name. */
export interface CloudThing {
  readonly kind: ExternalResourceKind;
  readonly id: string;
  readonly name: string;
}

const thing = z.object({ id: z.string(), name: z.string() });

/** Servers that may be the worker's, by their names. */
export const AMPHORA_SERVERS: readonly (readonly [string, string])[] = [['name', '^amphora-']];

const neutronList = (session: CloudSession, key: 'ports' | 'security_groups', filter: readonly [string, string]) => {
  const query = [filter, ['fields', 'id'], ['fields', 'name'], ['limit', String(PAGE)]] as const;
  const path = `/${key.replace('_', '-')}`;
  const request: ServiceRequest = { service: 'network', method: 'GET', path, query, accepts: [200] };
  return listAll(session, request, key, thing);
};

const as = (kind: ExternalResourceKind) => (one: z.infer<typeof thing>) => ({ kind, id: one.id, name: one.name });

/**
 * Everything the worker could have made: servers, server groups and security groups of its own project, and ports of
 * any project whose device owner says so. Servers come first, so that what they use is free when it is their turn.
 * @throws CloudUnavailableError @throws CloudCredentialsError @throws CloudRequestError
 */
export const listCloudThings = async (session: CloudSession = cloudSession()): Promise<readonly CloudThing[]> => {
  const { projectId } = await session.whoami();
  const servedBy = { item: thing, filters: AMPHORA_SERVERS, nextPage: afterLast };
  const [servers, ports, securityGroups, serverGroups] = await Promise.all([
    listAllOfNova(session, { path: '/servers', key: 'servers', ...servedBy }),
    neutronList(session, 'ports', ['device_owner', DEVICE_OWNER]),
    projectId === null ? [] : neutronList(session, 'security_groups', ['project_id', projectId]),
    listAllOfNova(session, { path: '/os-server-groups', key: 'server_groups', item: thing, nextPage: afterCount }),
  ]);
  return [
    ...servers.map(as('server')),
    ...ports.map(as('port')),
    ...securityGroups.map(as('security_group')),
    ...serverGroups.map(as('server_group')),
  ];
};
