import { listsChildren } from '../children/list.ts';
import { relationsOf } from '../children/trees.ts';
import type { ApiSettings } from '../dependencies.ts';
import type { ApiHandler } from '../request.ts';
import { l7PolicyView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/l7policies */
export const listsL7Policies = (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  listsChildren(settings, {
    kind: 'l7_policy',
    resource: {
      plural: 'l7policies',
      searchable: SEARCHABLE_FIELDS,
      hidden: ({ load_balancer_id }) => ({ loadbalancer_id: load_balancer_id }),
      view: l7PolicyView,
    },
    global: 'os_load-balancer_api:l7policy:get_all-global',
    related: { fields: ['rules'], look: relationsOf },
  });
