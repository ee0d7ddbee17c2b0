import type { ComputeDriver } from '../../lib/drivers/compute/compute-driver.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { serverGroupName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { forgetResource, listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { updateLoadBalancer } from '../../lib/repositories/objects/load-balancer-changes.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Deletes the load balancer's server group, when there is one. Gone is a success. */
export const novaServerGroupDelete =
  (compute: Pick<ComputeDriver, 'deleteServerGroup' | 'findServerGroup'>) =>
  async (loadBalancerId: string, flow: FlowInput): Promise<undefined> => {
    const owned = await listResources({ loadbalancer_id: loadBalancerId, amphora_id: null });
    const resource = owned.find(({ kind }) => kind === 'server_group');
    const { server_group_id: recorded } = await getLoadBalancer(loadBalancerId);
    if (resource === undefined && recorded === null) return undefined;
    // A task may have died between replacing a lost group and recording the new one.
    const found = await compute.findServerGroup(serverGroupName(loadBalancerId));
    const groupIds = new Set([recorded, resource?.resource_id ?? null, found].filter((id) => id !== null));
    for (const groupId of groupIds) await compute.deleteServerGroup(groupId);
    if (recorded !== null) await updateLoadBalancer(flow, { server_group_id: null });
    if (resource !== undefined) await forgetResource(flow, resource);
    return undefined;
  };

export const handler = task({
  name: 'NovaServerGroupDelete',
  input: loadBalancerInput,
  drivers: computeDriver,
  run: ({ loadbalancer_id }, { flow }, drivers) => novaServerGroupDelete(drivers)(loadbalancer_id, flow),
});
