import { RolloutNotFoundError } from '../../../lib/errors/rollout.ts';
import type { Rollout } from '../../../lib/models/operations/rollout.ts';
import { getRollout } from '../../../lib/repositories/fleet/rollouts.ts';
import { pathId } from '../fields/path-id.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiRequest } from '../request/request.ts';

/** The roll-out of the path; roll-outs are no tenant's. @throws RolloutNotFoundError @throws ApiError 403 */
export const requestedRollout = async (request: ApiRequest): Promise<Rollout> => {
  authorizeProject(request, null);
  return await getRollout(pathId(request.params, 'id', (id) => new RolloutNotFoundError(id)));
};
