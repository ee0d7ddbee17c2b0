import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { novaRequest } from '../../lib/openstack/compute/microversion.ts';
import { readJson, type ServiceRequest } from '../../lib/openstack/http/service-request.ts';
import { listAll } from '../../lib/openstack/network/pages.ts';
import type { CloudSession } from '../../lib/openstack/session.ts';

const thing = z.object({ id: z.string(), name: z.string() });
type Thing = z.infer<typeof thing>;

/** Nova's lists of every project; a page is as long as Nova allows. */
const novaList = async (session: CloudSession, path: string, key: string, everyProject: string) => {
  const request = novaRequest({ method: 'GET', path, query: [[everyProject, 'True']], accepts: [200] });
  return readJson(request, await session.call(request), z.object({ [key]: z.array(thing) }))[key] ?? [];
};

const neutronList = (session: CloudSession, key: 'ports' | 'security_groups') => {
  const path = `/${key.replace('_', '-')}`;
  const request: ServiceRequest = { service: 'network', method: 'GET', path, accepts: [200] };
  return listAll(session, request, key, thing);
};

/** Neutron gives every project a group "default" at the project's first request: it is not to be deleted. */
const madeSecurityGroups = async (session: CloudSession) =>
  (await neutronList(session, 'security_groups')).filter(({ name }) => name !== 'default');

/** Everything in the cloud a load balancer is made of, of every project, as "kind name (id)". */
const everything = async (session: CloudSession): Promise<readonly string[]> => {
  const lists: readonly (readonly [string, Promise<readonly Thing[]>])[] = [
    ['server', novaList(session, '/servers', 'servers', 'all_tenants')],
    ['server group', novaList(session, '/os-server-groups', 'server_groups', 'all_projects')],
    ['port', neutronList(session, 'ports')],
    ['security group', madeSecurityGroups(session)],
  ];
  const named = lists.map(async ([kind, list]) => (await list).map(({ id, name }) => `${kind} ${name} (${id})`));
  return (await Promise.all(named)).flat();
};

export interface Leftovers {
  /** What has come into the cloud since and is still there. */
  now(): Promise<readonly string[]>;
  /** The same, once nothing is left or after `limit` milliseconds: an accepted delete takes a moment. */
  settled(limit?: number): Promise<readonly string[]>;
}

/** Remembers what the cloud holds; taken before a test, asked after it. The session is an administrator's. */
export const leftoversSince = async (session: CloudSession): Promise<Leftovers> => {
  const before = new Set(await everything(session));
  const now = async () => (await everything(session)).filter((item) => !before.has(item));
  return {
    now,
    async settled(limit = 60_000) {
      for (const end = Date.now() + limit; ; await wait(500)) {
        const left = await now();
        if (left.length === 0 || Date.now() > end) return left;
      }
    },
  };
};
