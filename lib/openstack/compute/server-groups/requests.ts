import { pathTo, readJson } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { novaRequest } from '../microversion.ts';
import { manyServerGroups, type NovaServerGroup, oneServerGroup } from './results.ts';

/** Nova's own upper bound for one page, unless an operator lowered it. */
const PAGE = 1000;

/** GET /os-server-groups of the own project, page by page, until `wanted` answers true; null when none does. */
export const findServerGroup = async (
  session: CloudSession,
  wanted: (group: NovaServerGroup) => boolean,
): Promise<NovaServerGroup | null> => {
  for (let offset = 0; ; ) {
    const request = novaRequest({
      method: 'GET',
      path: '/os-server-groups',
      query: [
        ['limit', String(PAGE)],
        ['offset', String(offset)],
      ],
      accepts: [200],
    });
    const groups = readJson(request, await session.call(request), manyServerGroups).server_groups;
    const found = groups.find(wanted);
    if (found !== undefined || groups.length === 0) return found ?? null;
    offset += groups.length;
  }
};

/** POST /os-server-groups; answers the new group's id. */
export const createServerGroup = async (session: CloudSession, name: string, policy: string): Promise<string> => {
  const body = { server_group: { name, policies: [policy] } };
  const request = novaRequest({ method: 'POST', path: '/os-server-groups', body, accepts: [200] });
  return readJson(request, await session.call(request), oneServerGroup).server_group.id;
};

/** DELETE /os-server-groups/{id}. @throws CloudResourceNotFoundError */
export const deleteServerGroup = async (session: CloudSession, serverGroupId: string): Promise<void> => {
  const path = pathTo`/os-server-groups/${serverGroupId}`;
  const resource = { kind: 'server group', id: serverGroupId };
  await session.call(novaRequest({ method: 'DELETE', path, accepts: [204], resource }));
};
