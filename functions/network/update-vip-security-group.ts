import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { rulesChecksum, wantedIngressRules } from '../../lib/drivers/network/vip-security-group.ts';
import { CloudResourceNotFoundError } from '../../lib/errors/cloud.ts';
import { securityGroupName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import type { LoadBalancerTree } from '../../lib/models/tree.ts';
import { noteResourceId, recordIntent } from '../../lib/repositories/external-resources.ts';
import { updateLoadBalancer } from '../../lib/repositories/load-balancer-changes.ts';
import { unstageRows } from '../../lib/repositories/staged-rows.ts';
import { getTree } from '../../lib/repositories/trees.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

const ensureGroup = async (network: NetworkDriver, tree: LoadBalancerTree, flow: FlowInput): Promise<string> => {
  const { id, security_group_id: recorded } = tree.load_balancer;
  if (recorded !== null) return recorded;
  const resource = {
    kind: 'security_group' as const,
    name: securityGroupName(id),
    network_id: null,
    loadbalancer_id: id,
    amphora_id: null,
  };
  const known = (await recordIntent(flow, resource)) === 'known';
  const groupId =
    (known ? await network.findSecurityGroup(resource.name) : null) ??
    (await network.createSecurityGroup(resource.name));
  await updateLoadBalancer(flow, { security_group_id: groupId }, [noteResourceId(resource, groupId)]);
  return groupId;
};

/** Ports the group goes on: the VIP's, and the base ports of the amphorae that are there (never a deleted one's). */
const portsOf = ({ load_balancer, amphorae }: LoadBalancerTree): readonly string[] => [
  load_balancer.vip.port_id,
  ...amphorae.flatMap(({ status, vrrp_port_id }) =>
    vrrp_port_id === null || status === AmphoraStatus.DELETED ? [] : [vrrp_port_id],
  ),
];

/**
 * Finds or makes the load balancer's security group, gives it exactly the rules its listeners want, and puts it, with
 * the tenant's own groups, on the VIP port and every base port.
 */
export const updateVipSecurityGroup =
  (network: NetworkDriver) =>
  async (loadBalancerId: string, flow: FlowInput): Promise<undefined> => {
    // A large tree may still have to be written out, if its creator died over it.
    await unstageRows(flow);
    const tree = await getTree(loadBalancerId);
    const groupId = await ensureGroup(network, tree, flow);
    const securityGroupIds = [groupId, ...tree.load_balancer.vip.sg_ids];
    const rules = wantedIngressRules(tree);
    await Promise.all([
      network.syncIngressRules(groupId, rules),
      ...portsOf(tree).map((portId) => network.updatePort(portId, { securityGroupIds })),
    ]);
    await updateLoadBalancer(flow, { ingress_checksum: rulesChecksum(rules) });
    return undefined;
  };

export const handler = task({
  name: 'UpdateVIPSecurityGroup',
  input: loadBalancerInput,
  create: () => {
    const run = updateVipSecurityGroup(networkDriver());
    return ({ loadbalancer_id }, { flow }) => run(loadbalancer_id, flow);
  },
});
