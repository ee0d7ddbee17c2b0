import { listsChildren } from '../children/list.ts';
import { relationsOf } from '../children/trees.ts';
import type { ApiSettings } from '../dependencies.ts';
import type { ApiHandler } from '../request.ts';
import { listenerView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/listeners */
export const listsListeners = (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  listsChildren(settings, {
    kind: 'listener',
    plural: 'listeners',
    global: 'os_load-balancer_api:listener:get_all-global',
    searchable: SEARCHABLE_FIELDS,
    hidden: ({ load_balancer_id }) => ({ loadbalancer_id: load_balancer_id }),
    view: listenerView,
    related: { fields: ['l7policies'], look: relationsOf },
  });
