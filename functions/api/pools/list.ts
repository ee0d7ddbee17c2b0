import { listsChildren } from '../children/list.ts';
import type { ApiSettings } from '../dependencies.ts';
import type { ApiHandler } from '../request.ts';
import { poolRelations } from './relations.ts';
import { poolView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/pools */
export const listsPools = (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  listsChildren(settings, {
    kind: 'pool',
    plural: 'pools',
    global: 'os_load-balancer_api:pool:get_all-global',
    searchable: SEARCHABLE_FIELDS,
    hidden: ({ load_balancer_id }) => ({ loadbalancer_id: load_balancer_id }),
    view: poolView,
    related: { fields: ['listeners', 'members', 'healthmonitor_id'], look: (id) => poolRelations(id) },
  });
