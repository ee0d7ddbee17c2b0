import { pathTo, readJson } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { novaRequest } from '../microversion.ts';
import { manyInterfaces, type NovaInterface } from './results.ts';

const named = (id: string) => ({ kind: 'server', id });

/** GET /servers/{id}/os-interface. @throws CloudResourceNotFoundError */
export const listInterfaces = async (session: CloudSession, serverId: string): Promise<readonly NovaInterface[]> => {
  const path = pathTo`/servers/${serverId}/os-interface`;
  const request = novaRequest({ method: 'GET', path, accepts: [200], resource: named(serverId) });
  return readJson(request, await session.call(request), manyInterfaces).interfaceAttachments;
};

/** POST /servers/{id}/os-interface: Nova answers when the port is attached. */
export const attachInterface = async (session: CloudSession, serverId: string, portId: string): Promise<void> => {
  const path = pathTo`/servers/${serverId}/os-interface`;
  const body = { interfaceAttachment: { port_id: portId } };
  await session.call(novaRequest({ method: 'POST', path, body, accepts: [200], resource: named(serverId) }));
};

/** DELETE /servers/{id}/os-interface/{port}: accepted, done later. @throws CloudResourceNotFoundError either is gone */
export const detachInterface = async (session: CloudSession, serverId: string, portId: string): Promise<void> => {
  const path = pathTo`/servers/${serverId}/os-interface/${portId}`;
  const resource = { kind: 'server interface', id: portId };
  await session.call(novaRequest({ method: 'DELETE', path, accepts: [202], resource }));
};
