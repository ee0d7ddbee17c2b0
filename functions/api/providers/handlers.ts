import { OfferingKind } from '../../../lib/models/offering.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { listsCapabilities } from './capabilities.ts';
import { listsProviders } from './list.ts';

/** What there is to know of providers. */
export const providerHandlers = ({ settings }: Pick<ApiDependencies, 'settings'>) => ({
  list: listsProviders(settings),
  flavorCapabilities: listsCapabilities(OfferingKind.FLAVOR, settings),
  zoneCapabilities: listsCapabilities(OfferingKind.AVAILABILITY_ZONE, settings),
});
