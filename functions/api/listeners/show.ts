import type { Listener } from '../../../lib/models/listener.ts';
import { requestedChild } from '../children/requested.ts';
import { relationsOf } from '../children/trees.ts';
import { askedFields } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { listenerView } from './view.ts';

/** A listener with what hangs on it. */
export const shownListener = async (listener: Listener) =>
  listenerView(listener, await relationsOf(listener.load_balancer_id));

/** GET /lbaas/listeners/{id} */
export const showListener: ApiHandler = async (request) => {
  const view = await shownListener(await requestedChild(request, 'listener'));
  return { status: 200, body: { listener: narrow(view, askedFields(request.query)) } };
};
