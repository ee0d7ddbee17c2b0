import { AmphoraNotFound } from '../../../lib/errors/not-found.ts';
import { findAmphora } from '../../../lib/repositories/amphora-commits.ts';
import { walkAmphorae } from '../../../lib/repositories/amphora-lists.ts';
import { listPlace } from '../../../lib/repositories/table/keys.ts';
import { authorizeProject } from '../authorization.ts';
import type { ApiSettings } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import type { Kept, Marker } from '../lists/page.ts';
import type { ApiHandler } from '../request.ts';
import { amphoraView, SEARCHABLE_FIELDS } from './view.ts';

const findMarker = async (id: string): Promise<Marker | null> => {
  try {
    const amphora = await findAmphora(id);
    return { view: amphoraView(amphora), place: listPlace(amphora.created_at, amphora.id) };
  } catch (error) {
    if (error instanceof AmphoraNotFound) return null;
    throw error;
  }
};

const kept: Kept = {
  stored: { id: 'id', loadbalancer_id: 'load_balancer_id', status: 'status' },
  walk: async function* (walk) {
    for await (const amphora of walkAmphorae(walk)) yield amphoraView(amphora);
  },
  findMarker,
};

/** GET /octavia/amphorae */
export const listsAmphorae =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const maxLimit = settings().paginationMaxLimit;
    return await listAnswer(request, { plural: 'amphorae', searchable: SEARCHABLE_FIELDS, maxLimit }, kept);
  };
