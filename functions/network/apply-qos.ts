import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError } from '../../lib/errors/cloud.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { withPolicyIfPresent } from '../../lib/steps/network/qos-policy.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { allEnded } from '../../lib/tools/all-ended.ts';

/**
 * Puts the VIP's QoS policy on the base ports of the amphorae that serve and on a VIP port of ours, or takes the former
 * one away when there is none. A port that has it already is left alone: a cloud without QoS is never asked for it.
 */
export const applyQos =
  (network: Pick<NetworkDriver, 'getPort' | 'updatePort'>) =>
  async (loadBalancerId: string): Promise<undefined> => {
    const { tree } = await readTree(loadBalancerId, { withMembers: false });
    const { qos_policy_id: qosPolicyId, port_id: vipPortId, octavia_owned: ours } = tree.load_balancer.vip;
    const apply = async (portId: string): Promise<void> => {
      try {
        const port = await network.getPort(portId);
        if (port.qosPolicyId === qosPolicyId) return;
        await withPolicyIfPresent(qosPolicyId, (id) => network.updatePort(portId, { qosPolicyId: id }));
      } catch (error) {
        // It waits for a failover, which makes it with the policy.
        if (!(error instanceof CloudResourceNotFoundError && error.resource === 'port')) throw error;
      }
    };
    const serving = tree.amphorae.filter(({ status }) => status === AmphoraStatus.ALLOCATED);
    const basePorts = serving.flatMap(({ vrrp_port_id }) => (vrrp_port_id === null ? [] : [vrrp_port_id]));
    await allEnded([...basePorts, ...(ours ? [vipPortId] : [])].map(apply));
    return undefined;
  };

export const handler = task({
  name: 'ApplyQos',
  input: loadBalancerInput,
  drivers: networkDriver,
  run: ({ loadbalancer_id }, _context, drivers) => applyQos(drivers)(loadbalancer_id),
});
