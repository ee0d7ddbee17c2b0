import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { SecurityGroupInUseError } from '../../lib/errors/cloud.ts';
import { securityGroupName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { updateLoadBalancer } from '../../lib/repositories/objects/load-balancer-changes.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { deleteResource } from '../../lib/steps/delete-resource.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { poll } from '../../lib/tools/poll.ts';

/** Ports that were just deleted let go of the group a moment later. */
const LET_GO = { budgetMs: 10_000, intervalMs: 200 };

/** True while a port is owned that could not be deleted: it keeps the group, however long one waits. */
const ownsPorts = async (loadBalancerId: string): Promise<boolean> =>
  (await listResources({ loadbalancer_id: loadBalancerId, amphora_id: null })).some(({ kind }) => kind === 'port');

type Groups = Pick<NetworkDriver, 'deleteSecurityGroup' | 'findSecurityGroup'>;

const deleteGroup = async (network: Groups, groupId: string, patience: typeof LET_GO): Promise<void> => {
  let refusal: SecurityGroupInUseError | null = null;
  const tryDelete = async (): Promise<true | null> => {
    try {
      await network.deleteSecurityGroup(groupId);
      return true;
    } catch (error) {
      if (!(error instanceof SecurityGroupInUseError)) throw error;
      refusal = error;
      return null;
    }
  };
  if ((await poll(patience, tryDelete)) === null) throw refusal;
};

/**
 * Deletes the load balancer's security group, after the ports that had it. Gone is a success.
 * @throws SecurityGroupInUseError a port still has it: ask again
 */
export const deleteVipSecurityGroup =
  (network: Groups) =>
  async (loadBalancerId: string, flow: FlowInput): Promise<undefined> => {
    const { security_group_id: recorded } = await getLoadBalancer(loadBalancerId);
    const name = securityGroupName(loadBalancerId);
    const patience = (await ownsPorts(loadBalancerId)) ? { ...LET_GO, budgetMs: 0 } : LET_GO;
    await deleteResource(flow, {
      resource: { kind: 'security_group', name, loadbalancer_id: loadBalancerId, amphora_id: null },
      recorded: [recorded],
      find: async () => [await network.findSecurityGroup(name)].filter((id) => id !== null),
      remove: (id) => deleteGroup(network, id, patience),
      clear: async () => {
        if (recorded !== null) await updateLoadBalancer(flow, { security_group_id: null });
      },
    });
    return undefined;
  };

export const handler = task({
  name: 'DeleteVIPSecurityGroup',
  input: loadBalancerInput,
  drivers: networkDriver,
  run: ({ loadbalancer_id }, { flow }, drivers) => deleteVipSecurityGroup(drivers)(loadbalancer_id, flow),
});
