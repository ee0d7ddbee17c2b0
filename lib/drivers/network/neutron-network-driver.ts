import { CloudRequestError, SecurityGroupInUseError } from '../../errors/cloud.ts';
import { orGone } from '../../openstack/gone.ts';
import { getIpAvailability } from '../../openstack/network/ip-availabilities/requests.ts';
import { getNetwork } from '../../openstack/network/networks/requests.ts';
import {
  createPort,
  deletePort,
  getPort,
  listPorts,
  type PortBody,
  updatePort,
} from '../../openstack/network/ports/requests.ts';
import { getQosPolicy } from '../../openstack/network/qos-policies/requests.ts';
import {
  createSecurityGroup,
  deleteSecurityGroup,
  getSecurityGroup,
  listSecurityGroups,
} from '../../openstack/network/security-groups/requests.ts';
import { getSubnet } from '../../openstack/network/subnets/requests.ts';
import type { CloudSession } from '../../openstack/session.ts';
import type { NetworkDriver, Port } from './network-driver.ts';
import { networkOfNeutron, portOfNeutron, subnetOfNeutron } from './of-neutron.ts';
import { changeBody, portBody } from './port-body.ts';
import { portError } from './port-errors.ts';
import { syncIngressRules } from './sync-ingress-rules.ts';

const madePort = async (session: CloudSession, body: PortBody, name: string): Promise<Port> => {
  try {
    return portOfNeutron(await createPort(session, body));
  } catch (error) {
    throw portError(error, name);
  }
};

const changedPort = async (session: CloudSession, portId: string, body: PortBody): Promise<Port> => {
  try {
    return portOfNeutron(await updatePort(session, portId, body));
  } catch (error) {
    throw portError(error, portId);
  }
};

const deletedGroup = async (session: CloudSession, groupId: string): Promise<void> => {
  try {
    await orGone(deleteSecurityGroup(session, groupId));
  } catch (error) {
    if (!(error instanceof CloudRequestError && error.status === 409)) throw error;
    const options = { resource: 'security group', resourceId: groupId, cause: error };
    throw new SecurityGroupInUseError(`Security group ${groupId} is still used by a port.`, options);
  }
};

/** The network driver for Neutron. */
export const neutronNetworkDriver = (session: CloudSession): NetworkDriver => ({
  createPort: (spec) => madePort(session, portBody(spec), spec.name),
  async findPorts(name, networkId) {
    const ports = await listPorts(session, [
      ['name', name],
      ...(networkId === undefined ? [] : [['network_id', networkId] as const]),
    ]);
    // The database behind Neutron may compare without regard to case.
    return ports.filter((port) => port.name === name).map(portOfNeutron);
  },
  getPort: async (portId) => portOfNeutron(await getPort(session, portId)),
  listServerPorts: async (serverId) => (await listPorts(session, [['device_id', serverId]])).map(portOfNeutron),
  updatePort: (portId, change) => changedPort(session, portId, changeBody(change)),
  deletePort: (portId) => orGone(deletePort(session, portId)),
  getNetwork: async (networkId) => networkOfNeutron(await getNetwork(session, networkId)),
  getSubnet: async (subnetId) => subnetOfNeutron(await getSubnet(session, subnetId)),
  async getQosPolicy(policyId) {
    await getQosPolicy(session, policyId);
    return { id: policyId };
  },
  async getSecurityGroup(groupId) {
    await getSecurityGroup(session, groupId);
    return { id: groupId };
  },
  async freeAddresses(networkId) {
    const subnets = await getIpAvailability(session, networkId);
    return Object.fromEntries(subnets.map(({ subnet_id, total_ips, used_ips }) => [subnet_id, total_ips - used_ips]));
  },
  async findSecurityGroup(name) {
    const { projectId } = await session.whoami();
    const groups = await listSecurityGroups(session, name, projectId);
    return groups.find((group) => group.name === name)?.id ?? null;
  },
  createSecurityGroup: (name) => createSecurityGroup(session, name),
  syncIngressRules: (groupId, wanted) => syncIngressRules(session, groupId, wanted),
  deleteSecurityGroup: (groupId) => deletedGroup(session, groupId),
});
