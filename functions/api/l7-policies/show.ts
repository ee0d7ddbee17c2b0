import type { L7Policy } from '../../../lib/models/l7.ts';
import { requestedChild } from '../children/requested.ts';
import { relationsOf } from '../children/trees.ts';
import { askedFields } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { l7PolicyView } from './view.ts';

/** An L7 policy with its rules. */
export const shownL7Policy = async (policy: L7Policy) =>
  l7PolicyView(policy, await relationsOf(policy.load_balancer_id));

/** GET /lbaas/l7policies/{id} */
export const showL7Policy: ApiHandler = async (request) => {
  const view = await shownL7Policy(await requestedChild(request, 'l7_policy'));
  return { status: 200, body: { l7policy: narrow(view, askedFields(request.query)) } };
};
