import * as z from 'zod';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError } from '../../lib/errors/cloud.ts';
import { effectiveTree } from '../../lib/models/objects/effective-tree.ts';
import type { LoadBalancerTree } from '../../lib/models/objects/tree.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { updateLoadBalancer } from '../../lib/repositories/objects/load-balancer-changes.ts';
import { unstageRows } from '../../lib/repositories/objects/staged-rows.ts';
import { readTree, type TreeRead } from '../../lib/repositories/objects/trees.ts';
import { confirmOrCatchUp } from '../../lib/steps/catch-up.ts';
import { vipsOf } from '../../lib/steps/network/plug-facts.ts';
import { rulesChecksum, wantedIngressRules } from '../../lib/steps/network/vip-security-group.ts';
import { withSecurityGroup } from '../../lib/steps/security-group.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { allEnded } from '../../lib/tools/all-ended.ts';

/** Base ports of the amphorae that are there (never a deleted one's). */
const basePortsOf = ({ amphorae }: LoadBalancerTree): readonly string[] =>
  amphorae.flatMap(({ status, vrrp_port_id }) =>
    vrrp_port_id === null || status === AmphoraStatus.DELETED ? [] : [vrrp_port_id],
  );

/** A port that is gone needs no group: AllocateVIP makes a VIP's again, and an amphora without its base port is replaced. */
const unlessGone = async (updated: Promise<unknown>): Promise<void> => {
  try {
    await updated;
  } catch (error) {
    if (!(error instanceof CloudResourceNotFoundError && error.resource === 'port')) throw error;
  }
};

/** What is updated: rules alone, also the base ports that are there, or every base port there should be. */
type Extent = 'rules' | 'present ports' | 'every port';

/** Updates rules and, where they are asked for, ports to what the tree says. */
const follow = async (
  network: NetworkDriver,
  { tree, changes }: TreeRead,
  groupId: string,
  extent: Extent,
): Promise<void> => {
  const { vip } = tree.load_balancer;
  const securityGroupIds = [groupId, ...vip.sg_ids];
  const allowedAddressPairs = vipsOf(tree.load_balancer).map(({ ip_address }) => ip_address);
  const portIds = extent === 'rules' ? [] : basePortsOf(tree);
  const update = (portId: string): Promise<unknown> => {
    const updated = network.updatePort(portId, { securityGroupIds, allowedAddressPairs });
    return extent === 'every port' ? updated : unlessGone(updated);
  };
  const updateVipPort = (): Promise<unknown> => unlessGone(network.updatePort(vip.port_id, { securityGroupIds }));
  const steps = [
    () => network.syncIngressRules(groupId, wantedIngressRules(effectiveTree(tree, changes))),
    () => allEnded([portIds.length === 0 ? null : updateVipPort(), ...portIds.map(update)]),
  ];
  // What lets traffic in comes before what let it in goes: a tenant's groups before our rules, and the reverse.
  for (const step of vip.sg_ids.length > 0 ? steps.toReversed() : steps) await step();
};

/**
 * Finds or makes the load balancer's security group, also when it was deleted in Neutron, gives it exactly the rules its listeners want (a rejected
 * one those of its former form), and puts it, with the tenant's own groups, on the VIP port and every base port, which may
 * carry the VIPs. Answers
 * whether there is anything below the load balancer for an amphora to serve: `{ populated }`.
 * @param extent `rules`: the ports have the group; only its rules may have to follow, and Neutron is asked only if they do
 * @throws CloudResourceNotFoundError a base port is gone, where every port is asked for
 */
export const updateVipSecurityGroup =
  (network: NetworkDriver) =>
  async (loadBalancerId: string, flow: FlowInput, extent: Extent = 'present ports') => {
    // A large tree may still have to be written out, if its creator died over it.
    await unstageRows(flow);
    const read = await readTree(loadBalancerId);
    const { tree, changes } = read;
    const { security_group_id: present, ingress_checksum: former } = tree.load_balancer;
    const checksum = rulesChecksum(wantedIngressRules(effectiveTree(tree, changes)));
    const populated = tree.listeners.length + tree.members.length > 0;
    if (extent === 'rules' && present !== null && former === checksum) return { populated };
    const followed = await withSecurityGroup(network, flow, tree.load_balancer, async (groupId, isNew) => {
      const reach = extent === 'rules' && isNew ? 'present ports' : extent;
      await follow(network, read, groupId, reach);
      return { groupId, reach };
    });
    const confirm = () => updateLoadBalancer(flow, { ingress_checksum: checksum });
    await confirmOrCatchUp(flow, confirm, async () => {
      const now = await readTree(loadBalancerId);
      const { groupId, reach } = followed;
      if (now.tree.load_balancer.security_group_id === groupId) await follow(network, now, groupId, reach);
    });
    return { populated };
  };

export const handler = task({
  name: 'UpdateVIPSecurityGroup',
  input: loadBalancerInput.extend({
    rules_only: z.boolean().default(false),
    /** True where a base port that is gone must not be passed over. */
    every_port: z.boolean().default(false),
  }),
  drivers: networkDriver,
  run: ({ loadbalancer_id, rules_only, every_port }, { flow }, drivers) =>
    updateVipSecurityGroup(drivers)(
      loadbalancer_id,
      flow,
      rules_only ? 'rules' : every_port ? 'every port' : 'present ports',
    ),
});
