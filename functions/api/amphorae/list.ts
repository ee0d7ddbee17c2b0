import { AmphoraNotFound } from '../../../lib/errors/not-found.ts';
import { getAmphora } from '../../../lib/repositories/fleet/amphora-commits.ts';
import { walkAmphorae } from '../../../lib/repositories/fleet/amphora-lists.ts';
import { listLoadBalancers } from '../../../lib/repositories/objects/load-balancers.ts';
import { listPlace } from '../../../lib/repositories/table/keys.ts';
import { listAnswer } from '../lists/list-answer.ts';
import { askedProject } from '../lists/list-query.ts';
import type { View } from '../lists/match.ts';
import type { Kept, Marker } from '../lists/page.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import type { ApiHandler } from '../request/request.ts';
import { amphoraView, SEARCHABLE_FIELDS } from './view.ts';

const findMarker = async (id: string): Promise<Marker | null> => {
  try {
    const amphora = await getAmphora(id);
    return { view: amphoraView(amphora), place: listPlace(amphora.created_at, amphora.id) };
  } catch (error) {
    if (error instanceof AmphoraNotFound) return null;
    throw error;
  }
};

/** An amphora's project is its load balancer's; it is looked up only where the list is asked for one. */
const projects = async (projectId: string | null): Promise<(loadBalancerId: unknown) => string | null> => {
  if (projectId === null) return () => null;
  const ids = new Set<unknown>((await listLoadBalancers(projectId)).map(({ id }) => id));
  return (id) => (ids.has(id) ? projectId : null);
};

/** GET /octavia/amphorae */
export const listsAmphorae =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const projectOf = await projects(askedProject(request.query));
    const kept: Kept = {
      stored: { id: 'id', loadbalancer_id: 'load_balancer_id', status: 'status' },
      walk: async function* (walk) {
        for await (const amphora of walkAmphorae(walk)) {
          const view = amphoraView(amphora);
          yield { ...view, project_id: projectOf(view.loadbalancer_id) };
        }
      },
      findMarker,
    };
    const complete = async (page: readonly View[]) => page.map(({ project_id: _hidden, ...shown }) => shown);
    const maxLimit = settings().paginationMaxLimit;
    return await listAnswer(request, { plural: 'amphorae', searchable: SEARCHABLE_FIELDS, maxLimit, complete }, kept);
  };
