import type { PolicyAction } from './policy.ts';
import { policyForbidden } from './refusals.ts';
import type { ApiRequest } from './request.ts';

/** The route's policy for something that is to be made in the project. @throws ApiError 403 */
export const authorizeProject = ({ allows, action }: ApiRequest, projectId: string | null): void => {
  if (!allows(action, projectId)) throw policyForbidden();
};

/** The route's policy for what belongs to no project. @throws ApiError 403 */
export const authorizeCaller = (request: ApiRequest): void => authorizeProject(request, request.caller.projectId);

/** Who may list everybody's load balancers knows all ids anyway. */
const SEES_ALL: PolicyAction = 'os_load-balancer_api:loadbalancer:get_all-global';

/**
 * The route's policy for an object that exists. What belongs to another project is answered as if it were not there,
 * so that ids tell nothing.
 * @param missing the error of an object that does not exist
 * @throws ApiError 403 the caller's own project, or one whose objects the caller sees, but not the role
 */
export const authorizeObject = (
  { allows, caller, action }: ApiRequest,
  object: { readonly project_id: string },
  missing: () => Error,
): void => {
  if (allows(action, object.project_id)) return;
  const known = object.project_id === caller.projectId || allows(SEES_ALL, object.project_id);
  throw known ? policyForbidden() : missing();
};

/**
 * Which project a list is of; null for all. Without the right to see all of them it is the caller's own, silently.
 * @param global the policy that lets the list span projects
 * @throws ApiError 403 another project was asked for, or the token has none
 */
export const authorizeList = (
  { allows, caller, action }: ApiRequest,
  global: PolicyAction,
  askedProjectId: string | null,
): string | null => {
  if (allows(global, askedProjectId)) return askedProjectId;
  const projectId = askedProjectId ?? caller.projectId;
  if (!allows(action, projectId)) throw policyForbidden();
  return projectId;
};
