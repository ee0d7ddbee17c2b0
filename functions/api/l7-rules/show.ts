import { askedFields } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { requestedL7Rule } from './find.ts';
import { l7RuleView } from './view.ts';

/** GET /lbaas/l7policies/{l7policy_id}/rules/{id} */
export const showL7Rule: ApiHandler = async (request) => {
  const view = l7RuleView(await requestedL7Rule(request));
  return { status: 200, body: { rule: narrow(view, askedFields(request.query)) } };
};
