import * as z from 'zod';
import { impatientAmphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver, Port, PortSpec } from '../../lib/drivers/network/network-driver.ts';
import { PortPlugError } from '../../lib/errors/cloud.ts';
import { SpareUnusableError } from '../../lib/errors/flow.ts';
import { basePortName } from '../../lib/models/names.ts';
import { type Amphora, AmphoraRole, VRRP_PRIORITY } from '../../lib/models/objects/amphora.ts';
import { effectiveTree } from '../../lib/models/objects/effective-tree.ts';
import type { LoadBalancer } from '../../lib/models/objects/load-balancer.ts';
import type { LoadBalancerTree } from '../../lib/models/objects/tree.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { newAmphora } from '../../lib/repositories/fleet/amphora-commits.ts';
import { createAmphora, getAmphoraAt, updateAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { readTree } from '../../lib/repositories/objects/trees.ts';
import { ensureResource } from '../../lib/steps/ensure-resource.ts';
import { ensureMemberPort } from '../../lib/steps/member-port.ts';
import { memberSubnetIds } from '../../lib/steps/network/member-networks.ts';
import { planMemberPorts } from '../../lib/steps/network/member-ports.ts';
import { admitSubnets, findSubnets, type RefusedSubnets } from '../../lib/steps/network/network-refusals.ts';
import { plugVipFacts, vipsOf, vrrpIpOf } from '../../lib/steps/network/plug-facts.ts';
import { withPolicyIfPresent } from '../../lib/steps/network/qos-policy.ts';
import { withSecurityGroup } from '../../lib/steps/security-group.ts';
import { type SpareDrivers, takenSpares } from '../../lib/steps/taken-spare.ts';
import { loadBalancerAmphoraInput } from '../../lib/task/parse-input.ts';
import type { StepLog } from '../../lib/task/step-log.ts';
import { task } from '../../lib/task/task.ts';
import { allEnded } from '../../lib/tools/all-ended.ts';

const VRRP_ID = 1;

interface PortFacts {
  /** null at the first build: the load balancer's own group follows in UpdateVIPSecurityGroup, while the server boots. */
  readonly groupId: string | null;
  readonly qosPolicyId: string | null;
}

const basePortSpec = (
  loadBalancer: LoadBalancer,
  amphoraId: string,
  { groupId, qosPolicyId }: PortFacts,
): PortSpec => ({
  name: basePortName(amphoraId),
  networkId: loadBalancer.vip.network_id,
  fixedIps: [{ subnetId: loadBalancer.vip.subnet_id, ipAddress: null }],
  adminStateUp: true,
  securityGroupIds: [...(groupId === null ? [] : [groupId]), ...loadBalancer.vip.sg_ids],
  allowedAddressPairs: vipsOf(loadBalancer).map((vip) => vip.ip_address),
  ...(qosPolicyId === null ? {} : { qosPolicyId }),
  vnicType: loadBalancer.vip.vnic_type,
});

const ownAddress = (port: Port, loadBalancer: LoadBalancer): string => {
  const address = vrrpIpOf(port, loadBalancer);
  if (address !== null) return address;
  throw new PortPlugError(`Base port ${port.id} has no address on subnet ${loadBalancer.vip.subnet_id}.`, {
    resource: 'port',
    resourceId: port.id,
  });
};

/** Whatever of its recorded group and policy is gone, the port is there: a load balancer without amphorae serves nothing. */
const createPort = async (
  network: NetworkDriver,
  flow: FlowInput,
  loadBalancer: LoadBalancer,
  amphoraId: string,
): Promise<Port> => {
  const { vip, security_group_id } = loadBalancer;
  const create = (groupId: string | null): Promise<Port> =>
    withPolicyIfPresent(vip.qos_policy_id, (qosPolicyId) =>
      network.createPort(basePortSpec(loadBalancer, amphoraId, { groupId, qosPolicyId })),
    );
  return security_group_id === null ? await create(null) : await withSecurityGroup(network, flow, loadBalancer, create);
};

const ensureBasePort = async (
  network: NetworkDriver,
  flow: FlowInput,
  loadBalancer: LoadBalancer,
  amphoraId: string,
): Promise<Port> => {
  const name = basePortName(amphoraId);
  const { network_id } = loadBalancer.vip;
  return await ensureResource(flow, {
    resource: { kind: 'port', name, network_id, loadbalancer_id: loadBalancer.id, amphora_id: amphoraId },
    find: async () => (await network.findPorts(name, network_id))[0] ?? null,
    create: () => createPort(network, flow, loadBalancer, amphoraId),
    remove: (port) => network.deletePort(port.id),
    record: async (port, ledger) => {
      const change = {
        vrrp_port_id: port.id,
        vrrp_ip: ownAddress(port, loadBalancer),
        vrrp_id: VRRP_ID,
        ha_ip: loadBalancer.vip.ip_address,
        ha_port_id: loadBalancer.vip.port_id,
      };
      await updateAmphora(flow, amphoraId, change, [ledger]);
    },
  });
};

export interface BasePortInput {
  readonly loadbalancer_id: string;
  readonly amphora_id: string;
  /** null for one that has yet to take over. */
  readonly role: AmphoraRole | null;
  /** True where the flow continues without building a server. */
  readonly spare: boolean;
}

/** A spare with its port, or what has been built for it. */
const UP: readonly AmphoraStatus[] = [AmphoraStatus.READY, AmphoraStatus.ALLOCATED];

const ensureRow = async ({ loadbalancer_id, amphora_id, role }: BasePortInput, flow: FlowInput): Promise<void> => {
  const priority = role === null ? null : VRRP_PRIORITY[role];
  await createAmphora(flow, { ...newAmphora(amphora_id, loadbalancer_id), role, vrrp_priority: priority });
};

/**
 * Ports in the networks of members that are known by now: hot-plugging them later takes Nova seconds each. What cannot
 * be had is left to HandleNetworkDeltas, which judges whose fault it is.
 */
const ensureMemberPorts = async (
  network: NetworkDriver,
  flow: FlowInput,
  tree: LoadBalancerTree,
  amphora: Amphora,
): Promise<void> => {
  if (amphora.compute_id !== null) return;
  const { vip } = tree.load_balancer;
  const left: RefusedSubnets = new Map();
  const subnets = await findSubnets(network, memberSubnetIds(tree), vip.subnet_id, left);
  const { plug } = planMemberPorts([], subnets, { id: '', vipSubnetId: vip.subnet_id });
  const missing = plug.filter(({ networkId }) => networkId !== vip.network_id);
  await allEnded(
    missing.map(({ networkId, subnetIds }) =>
      admitSubnets(subnetIds, (ids) => ensureMemberPort(network, flow, amphora, { networkId, subnetIds: ids }), left),
    ),
  );
};

/**
 * Writes the amphora's row, under an id the operation was committed with, and makes its own port in the VIP's network
 * and those in its members' networks, before the server, which boots with them. One that was a spare has a server,
 * which gets the VIP's now; if it does not answer, it is deleted, and built like any other. Returns the facts of the
 * VIP that the agent needs: `{ amphora_id, base_port: { plug }, plug }`.
 * @throws SpareUnusableError the flow counts on a spare, and there is none
 */
export const createBasePort = (network: NetworkDriver, drivers: SpareDrivers) => {
  const spares = takenSpares(drivers);
  return async (input: BasePortInput, flow: FlowInput, log: StepLog) => {
    await ensureRow(input, flow);
    const [read, found] = await Promise.all([
      readTree(input.loadbalancer_id),
      getAmphoraAt(input.amphora_id, input.loadbalancer_id),
    ]);
    const amphora = await spares.checked(found, flow, log);
    const tree = effectiveTree(read.tree, read.changes);
    const loadBalancer = tree.load_balancer;
    // A request that is still on its way would be met by the next attempt, which finds no port yet and makes another.
    const [port, facts] = await allEnded([
      amphora.vrrp_port_id === null
        ? ensureBasePort(network, flow, loadBalancer, amphora.id)
        : network.getPort(amphora.vrrp_port_id),
      plugVipFacts(network, loadBalancer),
      ensureMemberPorts(network, flow, tree, amphora),
    ]);
    const { status } = await spares.attached(amphora, port.id, flow, log);
    if (input.spare && !UP.includes(status)) throw new SpareUnusableError(amphora.id);
    const plug = { ...facts, macAddress: port.macAddress, vrrpIp: ownAddress(port, loadBalancer) };
    return { amphora_id: amphora.id, base_port: { plug }, plug };
  };
};

export const handler = task({
  name: 'CreateBasePort',
  input: loadBalancerAmphoraInput.extend({
    role: z.enum(AmphoraRole).nullable().default(null),
    spare: z.boolean().default(false),
  }),
  drivers: () => ({ network: networkDriver(), compute: computeDriver(), agents: impatientAmphoraDriver() }),
  run: (input, { flow, log }, { network, ...spares }) => createBasePort(network, spares)(input, flow, log),
});
