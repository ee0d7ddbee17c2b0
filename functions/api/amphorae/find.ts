import { AmphoraNotFound } from '../../../lib/errors/not-found.ts';
import type { Amphora } from '../../../lib/models/objects/amphora.ts';
import { AmphoraStatus } from '../../../lib/models/statuses.ts';
import { getAmphora } from '../../../lib/repositories/fleet/amphora-commits.ts';
import { authorizeProject } from '../authorization.ts';
import { pathId } from '../fields/path-id.ts';
import type { ApiRequest } from '../request.ts';

/** The amphora of the path; amphorae are no tenant's. @throws AmphoraNotFound missing or deleted @throws ApiError 403 */
export const requestedAmphora = async (request: ApiRequest): Promise<Amphora> => {
  authorizeProject(request, null);
  const found = await getAmphora(pathId(request.params, 'id', (id) => new AmphoraNotFound(id)));
  if (found.status === AmphoraStatus.DELETED) throw new AmphoraNotFound(found.id);
  return found;
};
