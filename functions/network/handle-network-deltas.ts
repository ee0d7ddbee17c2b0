import type { AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import type { ComputeDriver } from '../../lib/drivers/compute/compute-driver.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver, Port } from '../../lib/drivers/network/network-driver.ts';
import { AmphoraNotReadyError } from '../../lib/errors/cloud.ts';
import { AmphoraNotFound } from '../../lib/errors/not-found.ts';
import { memberPortName } from '../../lib/models/names.ts';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { effectiveTree } from '../../lib/models/objects/effective-tree.ts';
import { managementNetworks } from '../../lib/models/objects/load-balancer.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { updateAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { computeConfig } from '../../lib/settings/config.ts';
import { changeLeg, plugLeg, unplugLeg } from '../../lib/steps/member-legs.ts';
import { dropMemberPort } from '../../lib/steps/member-port.ts';
import { memberSubnetIds } from '../../lib/steps/network/member-networks.ts';
import { type MemberPortPlan, planMemberPorts, strayPorts } from '../../lib/steps/network/member-ports.ts';
import { findSubnets, type RefusedSubnets } from '../../lib/steps/network/network-refusals.ts';
import { plugInterface } from '../../lib/steps/plug-interface.ts';
import { rejectMembers } from '../../lib/steps/reject-members.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import type { StepLog } from '../../lib/task/step-log.ts';
import { task } from '../../lib/task/task.ts';
import { isSameAddress } from '../../lib/tools/addresses.ts';

export interface DeltaDrivers {
  readonly network: NetworkDriver;
  readonly compute: Pick<ComputeDriver, 'attachPort' | 'detachPort'>;
  readonly agents: Pick<AmphoraDriver, 'plugNetwork'>;
  readonly bootNetworks: readonly string[];
}

/** Ports that are right but whose agent may not know: the server booted with them, or a former attempt died here. */
const untoldPorts = (
  ports: readonly Port[],
  plan: MemberPortPlan,
  { member_subnets }: Amphora,
  wantedIds: readonly string[],
): readonly Port[] => {
  const untold = new Set(wantedIds.filter((id) => !member_subnets?.includes(id)));
  const changed = new Set(plan.change.map(({ port }) => port.id));
  return ports.filter(({ id, fixedIps }) => !changed.has(id) && fixedIps.some(({ subnetId }) => untold.has(subnetId)));
};

/**
 * Plugs the amphora into the networks of its members, and unplugs networks without members. Every port is noted before
 * it is made, and found again by its name; one that a former attempt detached and left is deleted. A subnet that cannot be had is left out, and its members are rejected where
 * it is their fault.
 */
export const handleNetworkDeltas = ({ network, compute, agents, bootNetworks }: DeltaDrivers) => {
  const legs = { network, compute };

  return async (
    input: { readonly loadbalancer_id: string; readonly amphora_id: string },
    flow: FlowInput,
    log: StepLog,
  ) => {
    const read = await readTree(input.loadbalancer_id);
    const tree = effectiveTree(read.tree, read.changes);
    const amphora = tree.amphorae.find(({ id }) => id === input.amphora_id);
    if (amphora === undefined) throw new AmphoraNotFound(input.amphora_id);
    if (amphora.compute_id === null || amphora.lb_network_ip === null) {
      throw new AmphoraNotReadyError(`Amphora ${amphora.id} has no server or address yet.`);
    }
    const wantedIds = memberSubnetIds(tree);
    const recorded = amphora.member_subnets ?? [];
    const unconfirmed = amphora.member_ports_unconfirmed === true;
    if (!unconfirmed && JSON.stringify(recorded) === JSON.stringify(wantedIds)) return undefined;
    const refused: RefusedSubnets = new Map();
    const vipSubnetId = tree.load_balancer.vip.subnet_id;
    const [ports, named, wanted] = await Promise.all([
      network.listServerPorts(amphora.compute_id),
      unconfirmed ? network.findPorts(memberPortName(amphora.id)) : [],
      findSubnets(network, wantedIds, vipSubnetId, refused),
    ]);
    const management = managementNetworks(tree.load_balancer.amphora_options, bootNetworks);
    // The agent's own way to us is never a member's, also where no management network is named.
    const isManagement = ({ networkId, fixedIps }: Port) =>
      management.includes(networkId) ||
      fixedIps.some(({ ipAddress }) => isSameAddress(ipAddress, amphora.lb_network_ip ?? ''));
    const present = ports.filter((port) => !isManagement(port));
    const plan = planMemberPorts(present, wanted, { id: String(amphora.vrrp_port_id), vipSubnetId });
    const context = { tree, amphora, subnets: new Map(wanted.map((subnet) => [subnet.id, subnet])) };
    const kept = present.filter((port) => port.id !== amphora.vrrp_port_id && !plan.unplug.includes(port));
    const tell = async (port: Port | null): Promise<void> => {
      if (port === null) return;
      const neighbors = kept.filter(({ id }) => id !== port.id);
      await plugInterface({ network, agents }, context, port, neighbors);
    };
    const staying = recorded.filter((id) => wantedIds.includes(id));
    const strays = strayPorts(named, ports, plan);
    const changes = [plan.plug, plan.change, plan.unplug, strays].some((some) => some.length > 0);
    // Before any port is changed: if this attempt ends midway, the next one must ask Neutron, whatever it wants. The fence
    // holds here, so what was found by its name before is no port of a successor.
    if (strays.length > 0 || (changes && !(unconfirmed && staying.length === recorded.length))) {
      await updateAmphora(flow, amphora.id, { member_subnets: staying, member_ports_unconfirmed: true });
    }
    for (const port of strays) {
      // The ledger has one entry for a network, which is the wanted port's.
      if (wanted.some(({ networkId }) => networkId === port.networkId)) await network.deletePort(port.id);
      else await dropMemberPort(network, flow, amphora, port.networkId, port);
    }
    for (const missing of plan.plug) await tell(await plugLeg(legs, flow, amphora, missing, refused));
    for (const port of untoldPorts(ports, plan, amphora, wantedIds)) await tell(port);
    for (const change of plan.change) await tell(await changeLeg(legs, flow, amphora, change, refused));
    for (const port of plan.unplug) await unplugLeg(legs, flow, amphora, port);
    if (refused.size > 0) await rejectMembers(flow, read, amphora, refused, log);
    const known = { member_subnets: wantedIds.filter((id) => !refused.has(id)) };
    await updateAmphora(
      flow,
      amphora.id,
      changes || unconfirmed ? { ...known, member_ports_unconfirmed: false } : known,
    );
    return undefined;
  };
};

export const handler = task({
  name: 'HandleNetworkDeltas',
  input: loadBalancerAmphoraInput,
  drivers: () => ({
    network: networkDriver(),
    compute: computeDriver(),
    agents: amphoraDriver(),
    bootNetworks: computeConfig().ampBootNetworkList,
  }),
  run: (input, { flow, log }, drivers) => handleNetworkDeltas(drivers)(input, flow, log),
});
