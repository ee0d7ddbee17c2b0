import { listsChildren } from '../children/list.ts';
import type { ApiSettings } from '../dependencies.ts';
import type { ApiHandler } from '../request.ts';
import { healthMonitorView, SEARCHABLE_FIELDS } from './view.ts';

/** GET /lbaas/healthmonitors */
export const listsHealthMonitors = (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  listsChildren(settings, {
    kind: 'health_monitor',
    resource: {
      plural: 'healthmonitors',
      searchable: SEARCHABLE_FIELDS,
      hidden: ({ load_balancer_id, pool_id }) => ({ loadbalancer_id: load_balancer_id, pool_id }),
      view: healthMonitorView,
    },
    global: 'os_load-balancer_api:healthmonitor:get_all-global',
    related: null,
  });
