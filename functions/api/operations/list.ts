import { LBNotFound } from '../../../lib/errors/not-found.ts';
import { findLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { findOperation, walkOperations } from '../../../lib/repositories/operations/operations.ts';
import { pathId } from '../fields/path-id.ts';
import { listAnswer } from '../lists/list-answer.ts';
import type { Kept } from '../lists/page.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import type { ApiHandler } from '../request/request.ts';
import { OPTIONS, operationView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/loadbalancers/{id}/operations, newest first; a deleted load balancer's too while its row is kept. */
export const listsOperations =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    const missing = (id: string) => new LBNotFound(id);
    const id = pathId(request.params, 'id', missing);
    const loadBalancer = await findLoadBalancer(id);
    if (loadBalancer === null) throw missing(id);
    authorizeProject(request, loadBalancer.project_id);
    const maxLimit = settings().paginationMaxLimit;
    const details = request.allows('os_load-balancer_api:operation:get_details', loadBalancer.project_id);
    const kept: Kept = {
      // What is stored of a joined one is not what is shown.
      stored: {},
      walk: async function* (walk) {
        for await (const operation of walkOperations(id, walk)) yield operationView(operation, details);
      },
      findMarker: async (marker) => {
        const found = await findOperation({ id: marker, loadbalancer_id: id, amphora_id: null });
        return found === null ? null : { view: operationView(found, details), place: found.id };
      },
    };
    const listing = { plural: 'operations', searchable: SEARCHABLE_FIELDS, options: OPTIONS, maxLimit };
    return await listAnswer(request, { ...listing, direction: 'desc' }, kept);
  };
