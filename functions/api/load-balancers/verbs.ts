import type { LoadBalancerUpdates } from '../../../lib/controller-worker.ts';
import { DeletionProtectedError } from '../../../lib/errors/conflict.ts';
import { childReferences } from '../../../lib/repositories/objects/child-references.ts';
import { setDeletionProtection } from '../../../lib/repositories/objects/deletion-protection.ts';
import { getLoadBalancer } from '../../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../../lib/repositories/objects/trees.ts';
import { validationFailure } from '../answers/refusals.ts';
import { parseWrite } from '../fields/parse-resource.ts';
import { askedFields } from '../lists/list-query.ts';
import { operationHeader } from '../operations/operation-header.ts';
import { authorizeProject } from '../request/authorization.ts';
import type { ApiDependencies } from '../request/dependencies.ts';
import { lenientFlag } from '../request/query.ts';
import { type ApiHandler, requesterOf } from '../request/request.ts';
import { findTotals } from '../statistics/total.ts';
import { narrow } from '../views/common.ts';
import { lookups } from '../vip/lookups.ts';
import { checkGroupsBesideCidrs, checkProtection, wantedProtection } from '../vip/protection.ts';
import { LOAD_BALANCER, updateFields } from './definition.ts';
import { requestedLoadBalancer } from './find.ts';

/** GET /lbaas/loadbalancers/{id} */
export const showLoadBalancer: ApiHandler = async (request) => {
  const found = await requestedLoadBalancer(request);
  const view = LOAD_BALANCER.view(found, await childReferences(found.id));
  return { status: 200, body: { loadbalancer: narrow(view, askedFields(request.query)) } };
};

/** GET /lbaas/loadbalancers/{id}/stats: the sum over its listeners. */
export const showStats: ApiHandler = async (request) => {
  const { id } = await requestedLoadBalancer(request);
  const stats = await findTotals(id, (listenerId, { listeners }) => listeners.some((one) => one.id === listenerId));
  return { status: 200, body: { stats } };
};

/** PUT /lbaas/loadbalancers/{id}; `deletion_protected` alone starts no operation, and is taken in any state. */
export const updatesLoadBalancer =
  ({ worker, networkSeenBy }: Pick<ApiDependencies, 'worker' | 'networkSeenBy'>): ApiHandler =>
  async (request) => {
    const find = () => requestedLoadBalancer(request);
    const { fields, found } = await parseWrite(request.body, { ...LOAD_BALANCER, fields: updateFields }, find);
    const { id, project_id: projectId, vip: present } = found;
    const vip = wantedProtection(fields);
    const updates: LoadBalancerUpdates = {
      ...LOAD_BALANCER.updates(fields, null),
      ...(Object.keys(vip).length > 0 && { vip }),
    };
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
    const loadbalancer = LOAD_BALANCER.view(updated, children);
    return { status: 200, body: { loadbalancer }, headers: handle === null ? {} : operationHeader(handle) };
  };

/** DELETE /lbaas/loadbalancers/{id}, with `?cascade=true` when there is something below it. */
export const deletesLoadBalancer =
  ({ worker }: Pick<ApiDependencies, 'worker'>): ApiHandler =>
  async (request) => {
    const { id, deletion_protected } = await requestedLoadBalancer(request);
    if (deletion_protected) throw new DeletionProtectedError(id);
    if (!lenientFlag(request.query, 'cascade')) {
      const { listeners, pools } = await childReferences(id);
      if (listeners.length + pools.length > 0) {
        throw validationFailure(`Cannot delete Load Balancer ${id} - it has children`);
      }
    }
    const handle = await worker(requesterOf(request)).deleteLoadBalancer(id);
    return { status: 204, headers: operationHeader(handle) };
  };

/** PUT /lbaas/loadbalancers/{id}/failover */
export const failsOverLoadBalancer =
  ({ repairs }: Pick<ApiDependencies, 'repairs'>): ApiHandler =>
  async (request) => {
    const { id } = await requestedLoadBalancer(request);
    const handle = await repairs(requesterOf(request)).failoverLoadBalancer(id);
    return { status: 202, headers: operationHeader(handle) };
  };
