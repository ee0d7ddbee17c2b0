import * as z from 'zod';
import { pathTo, readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { listAll } from '../pages.ts';

const groupResult = z.object({ id: z.string(), name: z.string() });
const oneGroup = z.object({ security_group: groupResult });

/** GET /security-groups by name, of one project, or of all the worker may see when null. */
export const listSecurityGroups = (
  session: CloudSession,
  name: string,
  projectId: string | null,
): Promise<readonly z.infer<typeof groupResult>[]> => {
  const request: ServiceRequest = {
    service: 'network',
    method: 'GET',
    path: '/security-groups',
    query: [
      ['name', name],
      ['fields', 'id'],
      ['fields', 'name'],
      ...(projectId === null ? [] : [['project_id', projectId] as const]),
    ],
    accepts: [200],
  };
  return listAll(session, request, 'security_groups', groupResult);
};

/** GET /security-groups by their ids; answers those that are there. */
export const listSecurityGroupIds = async (
  session: CloudSession,
  ids: readonly string[],
): Promise<readonly string[]> => {
  const query = [...ids.map((id) => ['id', id] as const), ['fields', 'id'] as const];
  const request: ServiceRequest = {
    service: 'network',
    method: 'GET',
    path: '/security-groups',
    query,
    accepts: [200],
  };
  return (await listAll(session, request, 'security_groups', z.object({ id: z.string() }))).map(({ id }) => id);
};

/** GET /security-groups/{id}. @throws CloudResourceNotFoundError */
export const getSecurityGroup = async (session: CloudSession, securityGroupId: string): Promise<void> => {
  await session.call({
    service: 'network',
    method: 'GET',
    path: pathTo`/security-groups/${securityGroupId}`,
    query: [['fields', 'id']],
    accepts: [200],
    resource: { kind: 'security group', id: securityGroupId },
  });
};

/** POST /security-groups; answers the new group's id. */
export const createSecurityGroup = async (session: CloudSession, name: string): Promise<string> => {
  const request: ServiceRequest = {
    service: 'network',
    method: 'POST',
    path: '/security-groups',
    body: { security_group: { name } },
    accepts: [201],
  };
  return readJson(request, await session.call(request), oneGroup).security_group.id;
};

/** DELETE /security-groups/{id}. @throws CloudResourceNotFoundError */
export const deleteSecurityGroup = async (session: CloudSession, securityGroupId: string): Promise<void> => {
  await session.call({
    service: 'network',
    method: 'DELETE',
    path: pathTo`/security-groups/${securityGroupId}`,
    accepts: [204],
    resource: { kind: 'security group', id: securityGroupId },
  });
};
