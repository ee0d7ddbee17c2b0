import type { Pool } from '../../../lib/models/pool.ts';
import { requestedChild } from '../children/requested.ts';
import { askedFields } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { poolRelations } from './relations.ts';
import { poolView } from './view.ts';

/** A pool with what hangs on it. */
export const shownPool = async (pool: Pool) => poolView(pool, await poolRelations(pool.load_balancer_id, pool.id));

/** GET /lbaas/pools/{id} */
export const showPool: ApiHandler = async (request) => {
  const view = await shownPool(await requestedChild(request, 'pool'));
  return { status: 200, body: { pool: narrow(view, askedFields(request.query)) } };
};
