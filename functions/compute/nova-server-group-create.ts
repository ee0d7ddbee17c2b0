import { computeDriver } from '../../lib/drivers/compute/index.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { ensureServerGroup, type ServerGroupParts, serverGroupPolicy } from '../../lib/steps/server-group.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** Finds or makes the server group that keeps the load balancer's servers apart, where the settings ask for one. */
export const novaServerGroupCreate =
  (parts: ServerGroupParts) =>
  async (loadBalancerId: string, flow: FlowInput): Promise<undefined> => {
    const { server_group_id: recorded } = await getLoadBalancer(loadBalancerId);
    if (recorded === null) await ensureServerGroup(parts, flow, loadBalancerId);
    return undefined;
  };

export const handler = task({
  name: 'NovaServerGroupCreate',
  input: loadBalancerInput,
  drivers: () => ({ compute: computeDriver(), policy: serverGroupPolicy() }),
  run: ({ loadbalancer_id }, { flow }, drivers) => novaServerGroupCreate(drivers)(loadbalancer_id, flow),
});
