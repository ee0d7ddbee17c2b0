import type { ComputeDriver } from '../../lib/drivers/compute/compute-driver.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { serverGroupName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { updateLoadBalancer } from '../../lib/repositories/objects/load-balancer-changes.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { deleteResource } from '../../lib/steps/delete-resource.ts';
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
    const name = serverGroupName(loadBalancerId);
    await deleteResource(flow, {
      resource: resource ?? { kind: 'server_group', name, loadbalancer_id: loadBalancerId, amphora_id: null },
      recorded: [recorded, resource?.resource_id ?? null],
      find: async () => [await compute.findServerGroup(name)].filter((id) => id !== null),
      remove: (id) => compute.deleteServerGroup(id),
      clear: async () => {
        if (recorded !== null) await updateLoadBalancer(flow, { server_group_id: null });
      },
    });
    return undefined;
  };

export const handler = task({
  name: 'NovaServerGroupDelete',
  input: loadBalancerInput,
  drivers: computeDriver,
  run: ({ loadbalancer_id }, { flow }, drivers) => novaServerGroupDelete(drivers)(loadbalancer_id, flow),
});
