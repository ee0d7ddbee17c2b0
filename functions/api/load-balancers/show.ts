import { childReferences } from '../../../lib/repositories/objects/child-references.ts';
import { askedFields } from '../lists/list-query.ts';
import type { ApiHandler } from '../request.ts';
import { narrow } from '../views/narrow.ts';
import { requestedLoadBalancer } from './find.ts';
import { loadBalancerView, withChildIds } from './view.ts';

/** GET /lbaas/loadbalancers/{id} */
export const showLoadBalancer: ApiHandler = async (request) => {
  const found = await requestedLoadBalancer(request);
  const view = withChildIds(loadBalancerView(found), await childReferences(found.id));
  return { status: 200, body: { loadbalancer: narrow(view, askedFields(request.query)) } };
};
