import type { OfferingKind } from '../../../lib/models/offering.ts';
import { authorizeCaller } from '../authorization.ts';
import type { ApiSettings } from '../dependencies.ts';
import { listed } from '../offerings/answers.ts';
import { CAPABILITIES } from '../offerings/data.ts';
import type { DescribedView } from '../offerings/shapes.ts';
import type { ApiHandler } from '../request.ts';
import { checkProvider } from './providers.ts';

/** GET /lbaas/providers/{provider}/flavor_capabilities and .../availability_zone_capabilities */
export const listsCapabilities =
  (kind: OfferingKind, settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  async (request) => {
    authorizeCaller(request);
    checkProvider(request.params.provider ?? '');
    const words = {
      wrapper: `${kind}_capability`,
      plural: `${kind}_capabilities`,
      linksKey: null,
      view: ({ id, description }: { readonly id: string; readonly description: string }): DescribedView => ({
        name: id,
        description,
      }),
      searchable: ['name', 'description'],
    };
    const capabilities = Object.entries(CAPABILITIES[kind]).map(([id, description]) => ({ id, description }));
    return await listed(request, words, capabilities, settings());
  };
