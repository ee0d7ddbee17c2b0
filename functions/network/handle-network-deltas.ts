import { computeConfig } from '../../lib/config.ts';
import type { AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import type { ComputeDriver } from '../../lib/drivers/compute/compute-driver.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import { memberSubnetIds } from '../../lib/drivers/network/member-networks.ts';
import { changeSubnets, planMemberPorts } from '../../lib/drivers/network/member-ports.ts';
import type { NetworkDriver, Port, Subnet } from '../../lib/drivers/network/network-driver.ts';
import { addressOn, plugVipFacts, vrrpIpOf } from '../../lib/drivers/network/plug-facts.ts';
import { AmphoraNotReadyError, StillExistsError } from '../../lib/errors/cloud.ts';
import { AmphoraNotFound } from '../../lib/errors/not-found.ts';
import type { Amphora } from '../../lib/models/amphora.ts';
import { memberPortName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operation.ts';
import type { LoadBalancerTree } from '../../lib/models/tree.ts';
import { updateAmphora } from '../../lib/repositories/amphorae.ts';
import { forgetResource, recordIntent, recordResourceId } from '../../lib/repositories/external-resources.ts';
import { getTree } from '../../lib/repositories/trees.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import { poll } from '../../lib/task/poll.ts';
import { task } from '../../lib/task/task.ts';

const DETACHED = { budgetMs: 15_000, intervalMs: 250 };

export interface DeltaDrivers {
  readonly network: NetworkDriver;
  readonly compute: Pick<ComputeDriver, 'attachPort' | 'detachPort'>;
  readonly agents: Pick<AmphoraDriver, 'plugNetwork'>;
  readonly bootNetworks: readonly string[];
}

/** The ledger's name of a member port; one port for each network, so the network is part of it. */
const memberPort = (amphora: Amphora, networkId: string) => ({
  kind: 'port' as const,
  name: `${memberPortName(amphora.id)}@${networkId}`,
  network_id: networkId,
  loadbalancer_id: amphora.load_balancer_id,
  amphora_id: amphora.id,
});

/**
 * Plugs the amphora into the networks its members are on, and out of those nobody needs any more. Every port is noted
 * before it is made, and found again by its name.
 */
export const handleNetworkDeltas = ({ network, compute, agents, bootNetworks }: DeltaDrivers) => {
  const ensurePort = async (
    flow: FlowInput,
    amphora: Amphora,
    networkId: string,
    subnetIds: readonly string[],
  ): Promise<Port> => {
    const resource = memberPort(amphora, networkId);
    const name = memberPortName(amphora.id);
    const known = (await recordIntent(flow, resource)) === 'known';
    const port =
      (known ? await network.findPort(name, networkId) : null) ??
      (await network.createPort({
        name,
        networkId,
        fixedIps: subnetIds.map((subnetId) => ({ subnetId, ipAddress: null })),
        adminStateUp: true,
      }));
    await recordResourceId(flow, resource, port.id);
    await compute.attachPort(String(amphora.compute_id), port.id);
    return port;
  };

  const tellAgent = async (tree: LoadBalancerTree, amphora: Amphora, port: Port, subnets: Map<string, Subnet>) => {
    const isBase = port.id === amphora.vrrp_port_id;
    const [{ mtu }, vip] = await Promise.all([
      network.getNetwork(port.networkId),
      isBase ? plugVipFacts(network, tree.load_balancer) : null,
    ]);
    const vrrpIp = vrrpIpOf(port, tree.load_balancer) ?? amphora.vrrp_ip ?? '';
    await agents.plugNetwork(
      { amphoraId: amphora.id, lbNetworkIp: String(amphora.lb_network_ip) },
      {
        macAddress: port.macAddress,
        mtu,
        fixedIps: port.fixedIps.flatMap(({ subnetId, ipAddress }) => {
          const subnet = subnets.get(subnetId);
          return subnet === undefined ? [] : [addressOn(subnet, ipAddress)];
        }),
        vip: vip === null ? null : { ...vip, macAddress: port.macAddress, vrrpIp },
      },
    );
  };

  const unplug = async (flow: FlowInput, amphora: Amphora, port: Port): Promise<void> => {
    await compute.detachPort(String(amphora.compute_id), port.id);
    // An interface that is still leaving could be taken for a new one by the agent.
    const isGone = async () => {
      const ports = await network.listServerPorts(String(amphora.compute_id));
      return ports.some(({ id }) => id === port.id) ? null : true;
    };
    if ((await poll(DETACHED, isGone)) === null) {
      throw new StillExistsError(`Port ${port.id} has not left amphora ${amphora.id} yet.`, {
        resource: 'port',
        resourceId: port.id,
      });
    }
    await network.deletePort(port.id);
    await forgetResource(flow, memberPort(amphora, port.networkId));
  };

  return async (input: { readonly loadbalancer_id: string; readonly amphora_id: string }, flow: FlowInput) => {
    const tree = await getTree(input.loadbalancer_id);
    const amphora = tree.amphorae.find(({ id }) => id === input.amphora_id);
    if (amphora === undefined) throw new AmphoraNotFound(input.amphora_id);
    if (amphora.compute_id === null || amphora.lb_network_ip === null) {
      throw new AmphoraNotReadyError(`Amphora ${amphora.id} has no server or address yet.`);
    }
    const wantedIds = memberSubnetIds(tree);
    if (JSON.stringify(amphora.member_subnets ?? []) === JSON.stringify(wantedIds)) return undefined;
    const [ports, ...wanted] = await Promise.all([
      network.listServerPorts(amphora.compute_id),
      ...wantedIds.map((id) => network.getSubnet(id)),
    ]);
    const plan = planMemberPorts(
      ports.filter(({ networkId }) => !bootNetworks.includes(networkId)),
      wanted,
      { id: String(amphora.vrrp_port_id), vipSubnetId: tree.load_balancer.vip.subnet_id },
    );
    const subnets = new Map(wanted.map((subnet) => [subnet.id, subnet]));
    for (const { networkId, subnetIds } of plan.plug) {
      await tellAgent(tree, amphora, await ensurePort(flow, amphora, networkId, subnetIds), subnets);
    }
    for (const { port, subnetIds } of plan.change) {
      await tellAgent(tree, amphora, await changeSubnets(network, port, subnetIds), subnets);
    }
    for (const port of plan.unplug) await unplug(flow, amphora, port);
    await updateAmphora(flow, amphora.id, { member_subnets: wantedIds });
    return undefined;
  };
};

export const handler = task({
  name: 'HandleNetworkDeltas',
  input: loadBalancerAmphoraInput,
  create: () => {
    const run = handleNetworkDeltas({
      network: networkDriver(),
      compute: computeDriver(),
      agents: amphoraDriver(),
      bootNetworks: computeConfig().ampBootNetworkList,
    });
    return (input, { flow }) => run(input, flow);
  },
});
