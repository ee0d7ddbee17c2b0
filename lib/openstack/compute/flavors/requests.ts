import { pathTo } from '../../http/service-request.ts';
import type { CloudSession } from '../../session.ts';
import { novaRequest } from '../microversion.ts';

/** GET /flavors/{id}. @throws CloudResourceNotFoundError */
export const getFlavor = async (session: CloudSession, flavorId: string): Promise<void> => {
  const path = pathTo`/flavors/${flavorId}`;
  await session.call(novaRequest({ method: 'GET', path, accepts: [200], resource: { kind: 'flavor', id: flavorId } }));
};
