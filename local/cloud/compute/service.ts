import { v4 } from 'uuid';
import * as z from 'zod';
import { KEY_NAME, ZONES } from '../facts.ts';
import { json, parsed } from '../http/body.ts';
import type { Service } from '../http/listener.ts';
import { openRoute, type Route, route } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import type { Ports } from '../network/ports.ts';
import type { ServerGroupRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { flavorRoutes } from './flavors.ts';
import { interfaceRoutes } from './interfaces.ts';
import { computeProblem, refuseBody } from './problems.ts';
import { type ServersParts, serverRoutes } from './servers.ts';

const versions = (url: string) => [
  {
    id: 'v2.1',
    status: 'CURRENT',
    // The newest whose bodies are served; clients that negotiate stay below it.
    version: '2.15',
    min_version: '2.1',
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${url}/v2.1/` }],
  },
];

const versionRoutes: readonly Route[] = [
  openRoute('GET /', ({ serviceUrl }) => ({ status: 200, body: { versions: versions(serviceUrl) } })),
  openRoute('GET /v2.1', ({ serviceUrl }) => ({ status: 200, body: { version: versions(serviceUrl)[0] } })),
];

/** Where amphorae can be, and what else Nova knows of them. */
const placeRoutes: readonly Route[] = [
  ...['', '/detail'].map((suffix) =>
    route(`GET /v2.1/os-availability-zone${suffix}`, () => ({
      status: 200,
      body: {
        availabilityZoneInfo: ZONES.map((zoneName) => ({ zoneName, zoneState: { available: true }, hosts: null })),
      },
    })),
  ),
  route('GET /v2.1/os-keypairs/:name', ({ params }) => {
    if (params.name !== KEY_NAME) throw computeProblem(404, `Keypair ${params.name} not found`);
    return { status: 200, body: { keypair: { name: KEY_NAME, public_key: '', fingerprint: '' } } };
  }),
];

const groupBody = z.strictObject({
  server_group: z.strictObject({
    name: z.string().min(1),
    policies: z.array(z.enum(['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity'])).length(1),
  }),
});

const groupRoutes = (store: Store): readonly Route[] => {
  const view = (group: ServerGroupRecord) => ({
    ...group,
    metadata: {},
    members: [...store.servers.values()].filter((server) => server.server_group_id === group.id).map(({ id }) => id),
  });
  const find = (identity: Identity, id: string): ServerGroupRecord => {
    const group = store.serverGroups.get(id);
    if (group === undefined || (!identity.isAdmin && group.project_id !== identity.projectId)) {
      throw computeProblem(404, `Instance group ${id} could not be found.`);
    }
    return group;
  };
  return [
    route('GET /v2.1/os-server-groups', ({ identity, query }) => {
      const all = identity().isAdmin && query.has('all_projects');
      const groups = [...store.serverGroups.values()].filter(
        (group) => all || group.project_id === identity().projectId,
      );
      const offset = Number(query.get('offset') ?? 0);
      const page = groups.slice(offset, offset + Math.min(Number(query.get('limit') ?? 1000), 1000));
      return { status: 200, body: { server_groups: page.map(view) } };
    }),
    route('POST /v2.1/os-server-groups', (call) => {
      const wish = parsed(groupBody, json(call.body), refuseBody).server_group;
      const identity = call.identity();
      const project = identity.projectId ?? '';
      const group: ServerGroupRecord = { id: v4(), ...wish, project_id: project, user_id: identity.userId };
      store.serverGroups.set(group.id, group);
      store.touch();
      return { status: 200, body: { server_group: view(group) } };
    }),
    route('GET /v2.1/os-server-groups/:id', (call) => ({
      status: 200,
      body: { server_group: view(find(call.identity(), call.params.id ?? '')) },
    })),
    route('DELETE /v2.1/os-server-groups/:id', (call) => {
      store.serverGroups.delete(find(call.identity(), call.params.id ?? '').id);
      store.touch();
      return { status: 204 };
    }),
  ];
};

const asked = (header: (name: string) => string | undefined): string =>
  /compute (\S+)/.exec(header('openstack-api-version') ?? '')?.[1] ?? header('x-openstack-nova-api-version') ?? '2.1';

/** Nova 2.1; bodies are those of microversion 2.15. */
export const computeService = (parts: ServersParts & { readonly ports: Ports }): Service => ({
  name: 'compute',
  prefix: '/compute',
  notFound: () => ({ itemNotFound: { code: 404, message: 'The resource could not be found.' } }),
  headers: ({ header }) => {
    const version = asked(header);
    return { 'openstack-api-version': `compute ${version}`, 'x-openstack-nova-api-version': version };
  },
  routes: [
    ...versionRoutes,
    ...serverRoutes(parts),
    ...interfaceRoutes(parts.store, parts.ports, parts.lifecycle),
    ...groupRoutes(parts.store),
    ...flavorRoutes,
    ...placeRoutes,
  ],
});
