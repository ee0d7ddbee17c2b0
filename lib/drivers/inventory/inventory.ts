import * as z from 'zod';
import type { ExternalResourceKind } from '../../models/external-resource.ts';
import { novaRequest } from '../../openstack/compute/microversion.ts';
import { listAll } from '../../openstack/network/pages.ts';
import { readJson, type ServiceRequest } from '../../openstack/service-request.ts';
import { type CloudSession, cloudSession } from '../../openstack/session.ts';
import { DEVICE_OWNER } from '../network/network-driver.ts';

/** Something in the cloud that may be the worker's, by its kind and name. */
export interface CloudThing {
  readonly kind: ExternalResourceKind;
  readonly id: string;
  readonly name: string;
}

const thing = z.object({ id: z.string(), name: z.string() });
const PAGE = 1000;

/** Nova's list of the own project, page by page. */
const novaList = async (
  session: CloudSession,
  path: string,
  key: string,
  nextPage: (found: readonly z.infer<typeof thing>[]) => readonly [string, string],
  filters: readonly (readonly [string, string])[] = [],
): Promise<readonly z.infer<typeof thing>[]> => {
  const found: z.infer<typeof thing>[] = [];
  for (;;) {
    const query = [...filters, ['limit', String(PAGE)] as const, ...(found.length === 0 ? [] : [nextPage(found)])];
    const request = novaRequest({ method: 'GET', path, query, accepts: [200] });
    const page = readJson(request, await session.call(request), z.object({ [key]: z.array(thing) }))[key] ?? [];
    if (page.length === 0) return found;
    found.push(...page);
  }
};

const neutronList = (session: CloudSession, key: 'ports' | 'security_groups', filter: readonly [string, string]) => {
  const query = [filter, ['fields', 'id'], ['fields', 'name']] as const;
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
  const last = (found: readonly { readonly id: string }[]) => ['marker', found.at(-1)?.id ?? ''] as const;
  const count = (found: readonly unknown[]) => ['offset', String(found.length)] as const;
  const [servers, ports, securityGroups, serverGroups] = await Promise.all([
    novaList(session, '/servers', 'servers', last, [['name', '^amphora-']]),
    neutronList(session, 'ports', ['device_owner', DEVICE_OWNER]),
    projectId === null ? [] : neutronList(session, 'security_groups', ['project_id', projectId]),
    novaList(session, '/os-server-groups', 'server_groups', count),
  ]);
  return [
    ...servers.map(as('server')),
    ...ports.map(as('port')),
    ...securityGroups.map(as('security_group')),
    ...serverGroups.map(as('server_group')),
  ];
};
