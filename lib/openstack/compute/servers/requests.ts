import { pathTo, readJson } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { novaRequest } from '../microversion.ts';
import { acceptedServer, manyServers, type NovaServer, oneServer } from './results.ts';

/** Body of POST /servers at microversion 2.15. */
export interface CreateServerBody {
  readonly server: {
    readonly name: string;
    readonly imageRef: string;
    readonly flavorRef: string;
    readonly networks?: readonly ({ readonly uuid: string } | { readonly port: string })[];
    readonly security_groups?: readonly { readonly name: string }[];
    readonly key_name?: string;
    readonly availability_zone?: string;
    readonly config_drive: boolean;
    /** Base64. */
    readonly user_data?: string;
    /** `contents` is base64. */
    readonly personality?: readonly { readonly path: string; readonly contents: string }[];
  };
  readonly 'os:scheduler_hints'?: { readonly group: string };
}

const named = (id: string) => ({ kind: 'server', id });

/** POST /servers; answers the new server's id. */
export const createServer = async (session: CloudSession, body: CreateServerBody): Promise<string> => {
  const request = novaRequest({ method: 'POST', path: '/servers', body, accepts: [202] });
  return readJson(request, await session.call(request), acceptedServer).server.id;
};

/** GET /servers/{id}. @throws CloudResourceNotFoundError */
export const getServer = async (session: CloudSession, serverId: string): Promise<NovaServer> => {
  const path = pathTo`/servers/${serverId}`;
  const request = novaRequest({ method: 'GET', path, accepts: [200], resource: named(serverId) });
  return readJson(request, await session.call(request), oneServer).server;
};

/** GET /servers/detail of the own project whose name matches a regular expression, oldest first. */
export const listServersByName = async (session: CloudSession, pattern: string): Promise<readonly NovaServer[]> => {
  const request = novaRequest({
    method: 'GET',
    path: '/servers/detail',
    query: [
      ['name', pattern],
      ['sort_key', 'created_at'],
      ['sort_dir', 'asc'],
    ],
    accepts: [200],
  });
  return readJson(request, await session.call(request), manyServers).servers;
};

/** DELETE /servers/{id}. @throws CloudResourceNotFoundError */
export const deleteServer = async (session: CloudSession, serverId: string): Promise<void> => {
  const path = pathTo`/servers/${serverId}`;
  await session.call(novaRequest({ method: 'DELETE', path, accepts: [204], resource: named(serverId) }));
};
