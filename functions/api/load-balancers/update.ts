import type { LoadBalancerUpdates } from '../../../lib/controller-worker.ts';
import { childReferences } from '../../../lib/repositories/objects/child-references.ts';
import { setDeletionProtection } from '../../../lib/repositories/objects/deletion-protection.ts';
import { getLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../../lib/repositories/objects/trees.ts';
import { authorizeProject } from '../authorization.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { parseUpdate } from '../fields/parse-resource.ts';
import { operationHeader } from '../operations/operation-header.ts';
import type { ApiHandler } from '../request.ts';
import { requesterOf } from '../requester.ts';
import { type UpdateFields, updateFields, WRAPPING } from './body.ts';
import { requestedLoadBalancer } from './find.ts';
import { loadBalancerView, withChildIds } from './view.ts';
import { lookups } from './vip-lookups.ts';
import { checkGroupsBesideCidrs, checkProtection, wantedProtection } from './vip-protection.ts';

/** Absent fields are not among the updates; null is the field's reset value. Tags have none: a null keeps them. */
const updatesOf = (fields: UpdateFields): LoadBalancerUpdates => {
  const { name, description, admin_state_up, deletion_protected, tags } = fields;
  const vip = wantedProtection(fields);
  return {
    ...(name !== undefined && { name: name ?? '' }),
    ...(description !== undefined && { description: description ?? '' }),
    ...(admin_state_up !== undefined && { enabled: admin_state_up ?? false }),
    ...(deletion_protected !== undefined && { deletion_protected: deletion_protected ?? false }),
    ...(tags && { tags }),
    ...(Object.keys(vip).length > 0 && { vip }),
  };
};

/** PUT /lbaas/loadbalancers/{id}; `deletion_protected` alone starts no operation, and is taken in any state. */
export const updatesLoadBalancer =
  ({ worker, networkSeenBy }: Pick<ApiDependencies, 'worker' | 'networkSeenBy'>): ApiHandler =>
  async (request) => {
    const find = () => requestedLoadBalancer(request);
    const { fields, found } = await parseUpdate(request.body, { ...WRAPPING, fields: updateFields }, find);
    const { id, project_id: projectId, vip: present } = found;
    const updates = updatesOf(fields);
    const { vip = {} } = updates;
    if (vip.sg_ids !== undefined) {
      authorizeProject({ ...request, action: 'os_load-balancer_api:loadbalancer:put:vip_sg_ids' }, projectId);
      if (vip.sg_ids.length > 0) {
        checkGroupsBesideCidrs(vip, (await readTree(id, { withMembers: false })).tree.listeners);
      }
    }
    await checkProtection(vip, lookups(networkSeenBy(request.caller)), present);
    const { deletion_protected: protection, ...others } = updates;
    const concernsItsRowOnly = protection !== undefined && Object.keys(others).length === 0;
    if (concernsItsRowOnly) await setDeletionProtection(id, protection);
    const handle = concernsItsRowOnly ? null : await worker(requesterOf(request)).updateLoadBalancer(id, updates);
    const [updated, children] = await Promise.all([getLoadBalancer(id), childReferences(id)]);
    const view = withChildIds(loadBalancerView(updated), children);
    return { status: 200, body: { loadbalancer: view }, headers: handle === null ? {} : operationHeader(handle) };
  };
