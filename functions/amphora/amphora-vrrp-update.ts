import type { AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import { AmphoraNotReadyError } from '../../lib/errors/cloud.ts';
import { AmphoraNotFound } from '../../lib/errors/not-found.ts';
import { Topology } from '../../lib/models/objects/load-balancer.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { updateAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { vrrpConfiguration } from '../../lib/steps/amphora/vrrp.ts';
import { checkLock, confirmOrCatchUp } from '../../lib/steps/catch-up.ts';
import { plugVipFacts } from '../../lib/steps/network/plug-facts.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

export interface VrrpUpdateDrivers {
  readonly network: Pick<NetworkDriver, 'getNetwork' | 'getSubnet'>;
  readonly agents: Pick<AmphoraDriver, 'getInterface' | 'uploadVrrpConfig' | 'startVrrp'>;
}

/**
 * Gives an amphora its VRRP peers, and starts keepalived, or reloads it where it runs. A single amphora has none.
 * @throws AmphoraNotReadyError its VIP interface is not there yet: ask again
 */
export const amphoraVrrpUpdate =
  ({ network, agents }: VrrpUpdateDrivers) =>
  async (input: { readonly loadbalancer_id: string; readonly amphora_id: string }, flow: FlowInput) => {
    /** @param note writes down an interface that was not known */
    const update = async (note: (vrrpInterface: string) => Promise<void>): Promise<void> => {
      const { tree } = await readTree(input.loadbalancer_id, { withMembers: false });
      const amphora = tree.amphorae.find(({ id }) => id === input.amphora_id);
      if (amphora === undefined) throw new AmphoraNotFound(input.amphora_id);
      const { lb_network_ip: lbNetworkIp, vrrp_ip: vrrpIp } = amphora;
      if (lbNetworkIp === null || vrrpIp === null) {
        throw new AmphoraNotReadyError(`Amphora ${amphora.id} has no addresses yet.`);
      }
      const agent = { amphoraId: amphora.id, lbNetworkIp };
      const [vrrpInterface, { vip, additionalVips }] = await Promise.all([
        agents.getInterface(agent, vrrpIp),
        plugVipFacts(network, tree.load_balancer),
      ]);
      if (vrrpInterface === null)
        throw new AmphoraNotReadyError(`Amphora ${amphora.id} has no interface with ${vrrpIp}.`);
      if (amphora.vrrp_interface !== vrrpInterface) await note(vrrpInterface);
      const plugged = { ...amphora, vrrp_interface: vrrpInterface };
      await agents.uploadVrrpConfig(agent, vrrpConfiguration(tree, plugged, [vip, ...additionalVips]));
      await agents.startVrrp(agent);
    };
    if ((await getLoadBalancer(input.loadbalancer_id)).topology === Topology.SINGLE) return undefined;
    await update((vrrp_interface) => updateAmphora(flow, input.amphora_id, { vrrp_interface }));
    // Its peers may be others by now.
    await confirmOrCatchUp(
      flow,
      () => checkLock(flow),
      () => update(async () => {}),
    );
    return undefined;
  };

export const handler = task({
  name: 'AmphoraVRRPUpdate',
  input: loadBalancerAmphoraInput,
  drivers: () => ({ network: networkDriver(), agents: amphoraDriver() }),
  run: (input, { flow }, drivers) => amphoraVrrpUpdate(drivers)(input, flow),
});
