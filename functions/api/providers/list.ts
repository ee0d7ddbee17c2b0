import { authorizeCaller } from '../authorization.ts';
import type { ApiSettings } from '../dependencies.ts';
import { listAnswer } from '../lists/list-answer.ts';
import type { ApiHandler } from '../request.ts';
import { PROVIDERS } from './providers.ts';

/** GET /lbaas/providers */
export const listsProviders =
  (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    authorizeCaller(request);
    const views = Object.entries(PROVIDERS).map(([name, description]) => ({ id: name, name, description }));
    const listing = {
      plural: 'providers',
      linksKey: null,
      searchable: ['name', 'description'],
      maxLimit: settings().paginationMaxLimit,
      complete: async (page: readonly object[]) => page.map((view) => ({ ...view, id: undefined })),
    };
    return await listAnswer(request, listing, views);
  };
