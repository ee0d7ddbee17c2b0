import type { Server } from '../../../../../lib/drivers/compute/compute-driver.ts';
import type { NetworkQuestion, NetworkView } from '../../../../../lib/drivers/inventory/fleet.ts';
import type { Port } from '../../../../../lib/drivers/network/network-driver.ts';
import type { Amphora } from '../../../../../lib/models/objects/amphora.ts';
import type { NewLoadBalancer } from '../../../../../lib/repositories/locks/commits.ts';
import type { LookParts } from '../../../../../lib/upkeep/drift/look.ts';
import { watched } from '../../health/receiver/support.ts';

/** The address of every VIP here. */
export const VIP = '10.0.0.10';

export const aPort = (id: string, changes: Partial<Port> = {}): Port => ({
  id,
  name: '',
  networkId: 'network',
  macAddress: '',
  deviceId: id.replace('port-of-', ''),
  deviceOwner: '',
  status: 'ACTIVE',
  adminStateUp: true,
  fixedIps: [{ subnetId: 'subnet', ipAddress: VIP }],
  securityGroupIds: [],
  allowedAddressPairs: [VIP],
  qosPolicyId: null,
  projectId: '',
  ...changes,
});

export const aView = (changes: Partial<NetworkView> = {}): NetworkView => ({
  portsById: new Map(),
  portsByServer: new Map(),
  groupIds: new Set(),
  rulesByGroup: new Map(),
  policyIds: new Set(),
  ...changes,
});

export const aServer = (id: string, changes: Partial<Server> = {}): Server => ({
  id,
  name: '',
  status: 'ACTIVE',
  fault: null,
  availabilityZone: null,
  imageId: null,
  flavorId: null,
  ...changes,
});

/** A cloud in which everything is as the table has it, but for the ports in `lost`. */
export const soundCloud = () => {
  const lost = new Set<string>();
  const questions: NetworkQuestion[] = [];
  const parts: LookParts = {
    agents: { getHaproxyConfig: async () => null, getLvsConfig: async () => null },
    compute: { getServer: async (id) => aServer(id) },
    viewNetwork: async (question) => {
      questions.push(question);
      const there = question.portIds.filter((id) => !lost.has(id));
      return aView({ portsById: new Map(there.map((id) => [id, aPort(id)])), groupIds: new Set(question.groupIds) });
    },
  };
  return { lost, questions, parts };
};

/** A settled load balancer in the table, of which such a cloud has everything. */
export const soundLoadBalancer = async (
  changes: Partial<NewLoadBalancer> = {},
  { member_subnets = null }: Pick<Amphora, 'member_subnets'> = {},
) => {
  const compute_id = crypto.randomUUID();
  const amphora = { compute_id, vrrp_port_id: `port-of-${compute_id}`, member_subnets };
  const { loadBalancer, amphoraIds } = await watched([amphora], changes);
  return { ...loadBalancer, amphoraId: String(amphoraIds[0]), compute_id };
};
