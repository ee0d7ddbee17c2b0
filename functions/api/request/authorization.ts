import { policyForbidden } from '../answers/refusals.ts';
import type { PolicyAction } from './policy.ts';
import type { ApiRequest } from './request.ts';

/**
 * The route's policy for an object of the project, there or still to be made. As upstream, an object of another project is
 * refused with 403, and a missing one with 404.
 * @param projectId null for what belongs to no project
 * @throws ApiError 403
 */
export const authorizeProject = ({ allows, action }: ApiRequest, projectId: string | null): void => {
  if (!allows(action, projectId)) throw policyForbidden();
};

/** The route's policy for what belongs to no project. @throws ApiError 403 */
export const authorizeCaller = (request: ApiRequest): void => authorizeProject(request, request.caller.projectId);

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
