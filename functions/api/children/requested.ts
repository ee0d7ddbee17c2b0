import { LBNotFound, missingChild } from '../../../lib/errors/not-found.ts';
import type { ChildKind, ChildObjects } from '../../../lib/models/objects/child.ts';
import { KINDS } from '../../../lib/models/objects/kinds.ts';
import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import { ProvisioningStatus } from '../../../lib/models/statuses.ts';
import { findObject } from '../../../lib/repositories/objects/child-reads.ts';
import { findLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { missingParent } from '../answers/refusals.ts';
import { pathId } from '../fields/path-id.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiRequest } from '../request/request.ts';

/** The object of that kind and id as it is stored now. @throws the kind's own "not found" */
export const storedChild = async <Kind extends ChildKind>(kind: Kind, id: string): Promise<ChildObjects[Kind]> => {
  const found = await findObject(kind, id);
  if (found === null) throw missingChild(kind, id);
  return found;
};

/** What upstream calls a null where an object is named. */
const NONE = 'None';

/**
 * An object that a body or a path names, when the caller may do what the route does with something of its project.
 * @throws the kind's own "not found"
 * @throws ApiError 403
 */
export const namedChild = async <Kind extends ChildKind>(
  request: ApiRequest,
  kind: Kind,
  id: string | null,
): Promise<ChildObjects[Kind]> => {
  if (id === null) throw missingChild(kind, NONE);
  const found = await storedChild(kind, id);
  authorizeProject(request, found.project_id);
  return found;
};

/** The object whose id is in the path. @param parameter its name in the route */
export const requestedChild = async <Kind extends ChildKind>(
  request: ApiRequest,
  kind: Kind,
  parameter = 'id',
): Promise<ChildObjects[Kind]> =>
  await namedChild(
    request,
    kind,
    pathId(request.params, parameter, (id) => missingChild(kind, id)),
  );

/** The kinds that stand in the path above what hangs on them. */
type PathParent = 'pool' | 'l7_policy';

/**
 * The parent that the path names above the object: as upstream, it must be there, and the policy looks at the object alone.
 * @throws ApiError 404
 */
export const parentInPath = async <Kind extends PathParent>(
  { params }: ApiRequest,
  kind: Kind,
  parameter: string,
): Promise<ChildObjects[Kind]> => {
  const missing = (id: string) => missingParent(KINDS[kind].title, id);
  const id = pathId(params, parameter, missing);
  const found = await findObject(kind, id);
  if (found === null) throw missing(id);
  return found;
};

/** The same, when the caller may do what the route does with something of the parent's project. @throws ApiError 403, 404 */
export const namedParentInPath = async <Kind extends PathParent>(
  request: ApiRequest,
  kind: Kind,
  parameter: string,
): Promise<ChildObjects[Kind]> => {
  const found = await parentInPath(request, kind, parameter);
  authorizeProject(request, found.project_id);
  return found;
};

/** The load balancer that is to have something new. @throws LBNotFound @throws ApiError 403 */
export const parentLoadBalancer = async (request: ApiRequest, id: string | null): Promise<LoadBalancer> => {
  if (id === null) throw new LBNotFound(NONE);
  const found = await findLoadBalancer(id);
  if (found === null || found.provisioning_status === ProvisioningStatus.DELETED) throw new LBNotFound(id);
  authorizeProject(request, found.project_id);
  return found;
};
