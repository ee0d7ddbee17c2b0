import * as z from 'zod';
import { isDryRun } from '../../../context/dry-run.ts';
import { pathTo, readJson, type ServiceRequest } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { getContainer } from '../containers/requests.ts';
import { idOfReference, isContainerReference } from '../reference.ts';

const aclResult = z.object({
  read: z.object({ users: z.array(z.string()).nullish(), 'project-access': z.boolean().nullish() }).nullish(),
});

/**
 * GET {ref}/acl and, unless the user is in it or this is a dry run, PUT {ref}/acl with the user added and the rest as
 * it was.
 */
const addReader = async (session: CloudSession, reference: string, userId: string): Promise<void> => {
  const kind = isContainerReference(reference) ? 'containers' : 'secrets';
  const id = idOfReference(reference, kind);
  const request: ServiceRequest = {
    service: 'key-manager',
    method: 'GET',
    path: kind === 'containers' ? pathTo`/containers/${id}/acl` : pathTo`/secrets/${id}/acl`,
    accepts: [200],
    resource: { kind: kind.slice(0, -1), id: reference },
  };
  const { read } = readJson(request, await session.call(request), aclResult);
  const users = read?.users ?? [];
  if (users.includes(userId) || isDryRun()) return;
  const body = { read: { users: [...users, userId], 'project-access': read?.['project-access'] ?? true } };
  await session.call({ ...request, method: 'PUT', body });
};

/**
 * Adds the worker to the readers of a secret, or of a container and each secret in it, with the token of a user with
 * the right to do so. Nothing is written when the worker is among them already.
 *
 * @throws InvalidArgumentError it is no reference of the key manager
 * @throws CloudResourceNotFoundError
 * @throws CloudCredentialsError status 403: the user may not; 401: the token is no longer valid
 */
export const grantReadAccess = async (session: CloudSession, reference: string, userToken: string): Promise<void> => {
  const { userId } = await session.whoami();
  const asUser: CloudSession = { ...session, call: (request) => session.call({ ...request, token: userToken }) };
  if (!isContainerReference(reference)) return addReader(asUser, reference, userId);
  const { secret_refs } = await getContainer(asUser, reference);
  for (const one of [reference, ...secret_refs.map(({ secret_ref }) => secret_ref)]) {
    await addReader(asUser, one, userId);
  }
};
