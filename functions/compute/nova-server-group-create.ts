import { computeConfig } from '../../lib/config.ts';
import type { ComputeDriver } from '../../lib/drivers/compute/compute-driver.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { serverGroupName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operation.ts';
import { findResource, noteResourceId, recordIntent } from '../../lib/repositories/external-resources.ts';
import { updateLoadBalancer } from '../../lib/repositories/load-balancer-changes.ts';
import { getLoadBalancer } from '../../lib/repositories/load-balancers.ts';
import { noteMade } from '../../lib/task/note-made.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

export interface ServerGroupCreateParts {
  readonly compute: Pick<ComputeDriver, 'deleteServerGroup' | 'ensureServerGroup'>;
  /** null where servers may share a host. */
  readonly policy: 'anti-affinity' | 'soft-anti-affinity' | null;
}

/** Finds or makes the server group that keeps the load balancer's servers apart, where the settings ask for one. */
export const novaServerGroupCreate =
  ({ compute, policy }: ServerGroupCreateParts) =>
  async (loadBalancerId: string, flow: FlowInput): Promise<undefined> => {
    if (policy === null) return undefined;
    const { server_group_id: recorded } = await getLoadBalancer(loadBalancerId);
    if (recorded !== null) return undefined;
    const name = serverGroupName(loadBalancerId);
    const resource = {
      kind: 'server_group' as const,
      name,
      network_id: null,
      loadbalancer_id: loadBalancerId,
      amphora_id: null,
    };
    const lost = (await recordIntent(flow, resource)) === 'known' ? await findResource(resource) : null;
    const groupId = await compute.ensureServerGroup(name, policy);
    const former = lost?.resource_id ?? null;
    const made = { resource, id: groupId, former, takeBack: () => compute.deleteServerGroup(groupId) };
    await noteMade(made, () =>
      updateLoadBalancer(flow, { server_group_id: groupId }, [noteResourceId(resource, groupId, former)]),
    );
    return undefined;
  };

export const handler = task({
  name: 'NovaServerGroupCreate',
  input: loadBalancerInput,
  create: () => {
    const { enableAntiAffinity, antiAffinityPolicy } = computeConfig();
    const policy = enableAntiAffinity ? antiAffinityPolicy : null;
    const run = novaServerGroupCreate({ compute: computeDriver(), policy });
    return ({ loadbalancer_id }, { flow }) => run(loadbalancer_id, flow);
  },
});
