import { ApiError } from '../api-error.ts';
import { authorizeProject } from '../authorization.ts';
import type { ApiRequest } from '../request.ts';

/** The project of the path, when the caller may do what the route does with its quota. @throws ApiError 403, 404 */
export const requestedProject = (request: ApiRequest): string => {
  const projectId = request.params.project_id ?? '';
  authorizeProject(request, projectId);
  if (!/^[\x21-\x7e]{1,64}$/.test(projectId)) throw new ApiError(404, `Project ${projectId} not found.`);
  return projectId;
};
