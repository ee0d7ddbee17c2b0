import * as z from 'zod';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { vipPortName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { updateAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { updateLoadBalancer } from '../../lib/repositories/objects/load-balancer-changes.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { ensureResource } from '../../lib/steps/ensure-resource.ts';
import { createVipPort, findVipPort, recordedVipPort, usableVipPort } from '../../lib/steps/network/vip-port.ts';
import { loadBalancerInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/**
 * Makes sure that the VIP's port is there with all its addresses. A lost one is made again with the same addresses, and is the
 * worker's own then; one of the worker's that lost an address is replaced.
 * @param lostOnly a port that is there is left as it is
 * @throws VipAllocationError a tenant's own port does not hold the address any more, or Neutron has none left
 * @throws VipInUseError the address was taken meanwhile
 */
export const allocateVip =
  (network: NetworkDriver) =>
  async (loadBalancerId: string, flow: FlowInput, { lostOnly = false } = {}): Promise<undefined> => {
    const loadBalancer = await getLoadBalancer(loadBalancerId);
    const { vip, additional_vips: further } = loadBalancer;
    const present = lostOnly ? recordedVipPort : usableVipPort;
    if ((await present(network, loadBalancer)) !== null) return undefined;
    const name = vipPortName(loadBalancerId);
    const { network_id } = vip;
    await ensureResource(flow, {
      resource: { kind: 'port', name, network_id, loadbalancer_id: loadBalancerId, amphora_id: null },
      find: () => findVipPort(network, loadBalancer),
      create: () => createVipPort(network, loadBalancer),
      remove: (port) => network.deletePort(port.id),
      record: async ({ id: port_id }, ledger) => {
        const { tree } = await readTree(loadBalancerId, { withMembers: false });
        // Before the load balancer's row, by which a retry decides whether anything is left to do.
        for (const { id, status } of tree.amphorae) {
          if (status !== AmphoraStatus.DELETED) await updateAmphora(flow, id, { ha_port_id: port_id });
        }
        const change = {
          vip: { ...vip, port_id, octavia_owned: true },
          additional_vips: further.map((one) => ({ ...one, port_id })),
        };
        await updateLoadBalancer(flow, change, [ledger]);
      },
    });
    return undefined;
  };

export const handler = task({
  name: 'AllocateVIP',
  input: loadBalancerInput.extend({ lost_only: z.boolean().default(false) }),
  drivers: networkDriver,
  run: ({ loadbalancer_id, lost_only }, { flow }, drivers) =>
    allocateVip(drivers)(loadbalancer_id, flow, { lostOnly: lost_only }),
});
