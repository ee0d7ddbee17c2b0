import type { Call, Route } from '../http/router.ts';
import { route } from '../http/router.ts';
import type { Identity } from '../identity/tokens.ts';
import type { ServerRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { newServer } from './create-server.ts';
import type { Instances } from './instances.ts';
import type { Lifecycle } from './lifecycle.ts';
import { computeProblem, serverNotFound } from './problems.ts';
import { serverLinks, serverView } from './server-view.ts';

/** A boot that ends in ERROR with a text, or one that never ends. */
export type BootPlan = { readonly fault: string } | 'stall';

export interface ServersParts {
  readonly store: Store;
  readonly instances: Instances;
  readonly lifecycle: Lifecycle;
  readonly imageIds: (identity: Identity) => readonly string[];
  /** How the next boot shall go; undefined is an ordinary one. */
  readonly takePlan: () => BootPlan | undefined;
}

/** @throws HttpProblem 404 when it is not there, or not the caller's */
export const findServer = (store: Store, identity: Identity, id: string): ServerRecord => {
  const server = store.servers.get(id);
  if (server === undefined || (!identity.isAdmin && server.project_id !== identity.projectId)) throw serverNotFound(id);
  return server;
};

const nameFilter = (query: URLSearchParams): ((server: ServerRecord) => boolean) => {
  const name = query.get('name');
  if (name === null) return () => true;
  try {
    const pattern = new RegExp(name, 'i');
    return (server) => pattern.test(server.name);
  } catch {
    throw computeProblem(400, `Invalid input for query parameters name. Value: ${name}. '${name}' is not a 'regex'`);
  }
};

/** Nova's list: the caller's project unless an administrator asks for all; newest first; `limit` and `marker`. */
const select = (store: Store, { query, ...call }: Call): { page: ServerRecord[]; more: boolean } => {
  const identity = call.identity();
  const all = identity.isAdmin && /^(1|true)$/i.test(query.get('all_tenants') ?? '');
  const project = query.get('project_id') ?? query.get('tenant_id');
  const byName = nameFilter(query);
  const status = query.get('status')?.toUpperCase() ?? null;
  const found = [...store.servers.values()]
    .filter(
      (server) =>
        (all ? project === null || server.project_id === project : server.project_id === identity.projectId) &&
        byName(server) &&
        (status === null || server.status === status),
    )
    .reverse();
  const marker = query.get('marker');
  const index = marker === null ? -1 : found.findIndex(({ id }) => id === marker);
  if (marker !== null && index < 0) throw computeProblem(400, `marker [${marker}] not found`);
  const rest = found.slice(index + 1);
  const limit = Math.min(Number(query.get('limit') ?? 1000), 1000);
  return { page: rest.slice(0, limit), more: rest.length > limit };
};

const listing = (store: Store, call: Call, view: (server: ServerRecord) => unknown) => {
  const { page, more } = select(store, call);
  const last = page.at(-1);
  if (!more || last === undefined) return { status: 200, body: { servers: page.map(view) } };
  const next = new URLSearchParams(call.query);
  next.set('marker', last.id);
  const links = [{ rel: 'next', href: `${call.serviceUrl}${call.path}?${next}` }];
  return { status: 200, body: { servers: page.map(view), servers_links: links } };
};

/** /servers. */
export const serverRoutes = ({ store, instances, lifecycle, imageIds, takePlan }: ServersParts): readonly Route[] => [
  route('GET /v2.1/servers', (call) =>
    listing(store, call, ({ id, name }) => ({ id, name, links: serverLinks(call.serviceUrl, id) })),
  ),
  route('GET /v2.1/servers/detail', (call) =>
    listing(store, call, (server) => serverView(store, server, call.serviceUrl, call.identity().isAdmin)),
  ),
  route('POST /v2.1/servers', (call) => {
    const { server, files } = newServer(store, call, imageIds(call.identity()));
    const plan = takePlan();
    if (plan === 'stall') server.stalled = true;
    else server.planned_fault = plan?.fault ?? null;
    if (server.is_amphora) instances.install(server.id, files);
    store.servers.set(server.id, server);
    store.touch();
    lifecycle.boot(server);
    const links = serverLinks(call.serviceUrl, server.id);
    const body = {
      server: {
        id: server.id,
        links,
        'OS-DCF:diskConfig': 'MANUAL',
        security_groups: server.requested_groups.map((name) => ({ name })),
        adminPass: 'unused',
      },
    };
    return { status: 202, body, headers: { location: `${call.serviceUrl}/v2.1/servers/${server.id}` } };
  }),
  route('GET /v2.1/servers/:id', (call) => {
    const server = findServer(store, call.identity(), call.params.id ?? '');
    return { status: 200, body: { server: serverView(store, server, call.serviceUrl, call.identity().isAdmin) } };
  }),
  route('DELETE /v2.1/servers/:id', (call) => {
    lifecycle.remove(findServer(store, call.identity(), call.params.id ?? ''));
    return { status: 204 };
  }),
];
