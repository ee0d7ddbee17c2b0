import type { LoadBalancerUpdates } from '../../../lib/controller-worker.ts';
import type { LoadBalancer } from '../../../lib/models/load-balancer.ts';
import { childReferences } from '../../../lib/repositories/child-references.ts';
import { getLoadBalancer } from '../../../lib/repositories/load-balancers.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseResource } from '../fields/parse-resource.ts';
import { unsupportedOption } from '../refusals.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { type UpdateFields, updateFields, WRAPPING } from './body.ts';
import { requestedLoadBalancer } from './find.ts';
import { loadBalancerView, withChildIds } from './view.ts';

/** Naming what is so already is no change. */
const refuseVipChanges = ({ vip, provider }: LoadBalancer, fields: UpdateFields): void => {
  const qos = fields.vip_qos_policy_id;
  if (qos !== undefined && qos !== vip.qos_policy_id) throw unsupportedOption(provider, 'vip_qos_policy_id');
  const groups = fields.vip_sg_ids;
  if (groups === undefined) return;
  const wanted = new Set(groups);
  const same = wanted.size === vip.sg_ids.length && vip.sg_ids.every((id) => wanted.has(id));
  if (!same) throw unsupportedOption(provider, 'vip_sg_ids');
};

/** Absent fields are not among the updates; null is the field's reset value. */
const updatesOf = ({ name, description, admin_state_up, tags }: UpdateFields): LoadBalancerUpdates => ({
  ...(name !== undefined && { name: name ?? '' }),
  ...(description !== undefined && { description: description ?? '' }),
  ...(admin_state_up !== undefined && { enabled: admin_state_up ?? false }),
  ...(tags !== undefined && { tags: tags ?? [] }),
});

/** PUT /lbaas/loadbalancers/{id} */
export const updatesLoadBalancer =
  ({ worker }: Pick<ApiDependencies, 'worker'>): ApiHandler =>
  async (request) => {
    const fields = parseResource(request.body, { ...WRAPPING, fields: updateFields });
    const found = await requestedLoadBalancer(request);
    refuseVipChanges(found, fields);
    await worker(requesterOf(request)).updateLoadBalancer(found.id, updatesOf(fields));
    const [updated, children] = await Promise.all([getLoadBalancer(found.id), childReferences(found.id)]);
    return { status: 200, body: { loadbalancer: withChildIds(loadBalancerView(updated), children) } };
  };
