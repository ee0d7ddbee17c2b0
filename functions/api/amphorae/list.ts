import { listAmphorae } from '../../../lib/repositories/amphora-lists.ts';
import { authorizeProject } from '../authorization.ts';
import type { ApiSettings } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import type { ApiHandler } from '../request.ts';
import { amphoraView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /octavia/amphorae */
export const listsAmphorae =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    authorizeProject(request, null);
    const amphorae = await listAmphorae();
    const maxLimit = settings().paginationMaxLimit;
    const listing = { plural: 'amphorae', searchable: SEARCHABLE_FIELDS, maxLimit };
    return await listAnswer(request, listing, amphorae.map(amphoraView));
  };
