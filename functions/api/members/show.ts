import { askedFields } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { requestedMember } from './find.ts';
import { memberView } from './view.ts';

/** GET /lbaas/pools/{pool_id}/members/{id} */
export const showMember: ApiHandler = async (request) => {
  const view = memberView(await requestedMember(request));
  return { status: 200, body: { member: narrow(view, askedFields(request.query)) } };
};
