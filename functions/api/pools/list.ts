import type { Pool } from '../../../lib/models/pool.ts';
import { walkChildren } from '../../../lib/repositories/objects/child-lists.ts';
import { listsChildren } from '../children/list.ts';
import type { ApiSettings } from '../dependencies.ts';
import type { ApiHandler } from '../request.ts';
import { poolRelations } from './relations.ts';
import { poolView, SEARCHABLE_FIELDS } from './view.ts';

const MONITOR = 'healthmonitor_id';

/** The pools' health monitors, read only where the query names them. */
const monitors = async (projectId: string | null, query: URLSearchParams) => {
  const found = new Map<string, string>();
  const named = [...query].some(
    ([name, value]) => name === MONITOR || (name.startsWith('sort') && value.includes(MONITOR)),
  );
  if (named) {
    const all = walkChildren('health_monitor', projectId, {
      from: null,
      descending: false,
      having: new Map(),
      wanted: null,
    });
    for await (const { id, pool_id } of all) found.set(pool_id, id);
  }
  return ({ id }: Pool) => ({ [MONITOR]: found.get(id) ?? null });
};

/** GET /lbaas/pools */
export const listsPools = (settings: () => Pick<ApiSettings, 'paginationMaxLimit'>): ApiHandler =>
  listsChildren(settings, {
    kind: 'pool',
    resource: {
      plural: 'pools',
      searchable: SEARCHABLE_FIELDS,
      hidden: ({ load_balancer_id }) => ({ loadbalancer_id: load_balancer_id }),
      view: poolView,
    },
    global: 'os_load-balancer_api:pool:get_all-global',
    elsewhere: monitors,
    related: { fields: ['listeners', 'members', 'healthmonitor_id'], look: (id) => poolRelations(id) },
  });
