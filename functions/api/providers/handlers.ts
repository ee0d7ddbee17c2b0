import { FlavorOrZoneKind } from '../../../lib/models/flavors-and-zones.ts';
import { checkProvider, PROVIDERS } from '../fields/provider.ts';
import { CAPABILITIES } from '../flavors-and-zones/data.ts';
import { listKnown } from '../lists/list-answer.ts';
import { authorizeCaller } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import type { ApiRequest } from '../request/request.ts';
import type { DescribedView } from './shape.ts';

/** What there is to know of providers. */
export const providerHandlers = ({ settings }: Pick<ApiDependencies, 'settings'>) => {
  /** A list of names with what they mean. */
  const describe = async (request: ApiRequest, plural: string, described: Readonly<Record<string, string>>) => {
    const words = {
      plural,
      linksKey: null,
      view: ({ id, description }: { readonly id: string; readonly description: string }): DescribedView => ({
        name: id,
        description,
      }),
      searchable: ['name', 'description'],
    };
    const rows = Object.entries(described).map(([id, description]) => ({ id, description }));
    return await listKnown(request, words, rows, settings());
  };
  const capabilities = (kind: FlavorOrZoneKind) => async (request: ApiRequest) => {
    authorizeCaller(request);
    checkProvider(request.params.provider ?? '');
    return await describe(request, `${kind}_capabilities`, CAPABILITIES[kind]);
  };
  return {
    /** GET /lbaas/providers */
    list: async (request: ApiRequest) => {
      authorizeCaller(request);
      return await describe(request, 'providers', PROVIDERS);
    },
    /** GET /lbaas/providers/{provider}/flavor_capabilities */
    flavorCapabilities: capabilities(FlavorOrZoneKind.FLAVOR),
    /** GET /lbaas/providers/{provider}/availability_zone_capabilities */
    zoneCapabilities: capabilities(FlavorOrZoneKind.AVAILABILITY_ZONE),
  };
};
