import { randomUUID } from 'node:crypto';
import type { NetworkDriver, NetworkLookup, Port, PortSpec } from '../../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError } from '../../../lib/errors/cloud.ts';
import { PORTS, QOS_POLICY, SECURITY_GROUPS, SUBNETS } from './world.ts';

type Asked = NetworkLookup & Pick<NetworkDriver, 'createPort' | 'deletePort' | 'findPorts' | 'freeAddresses'>;

const FREE_ADDRESSES = 254;
const FIRST_ADDRESS = 99;

const plainPort = { macAddress: 'fa:16:3e:00:00:01', status: 'DOWN', adminStateUp: true, allowedAddressPairs: [] };

const found = <T extends { readonly id: string }>(kind: string, all: readonly T[], id: string): T => {
  const one = all.find((each) => each.id === id);
  if (one === undefined) throw new CloudResourceNotFoundError(kind, id);
  return one;
};

const portsOfWorld: readonly Port[] = PORTS.map((port) => ({
  ...plainPort,
  ...port,
  name: '',
  deviceOwner: '',
  securityGroupIds: [],
  qosPolicyId: null,
  projectId: '',
}));

const subnetOf = (id: string) => {
  const { networkId, cidr } = found('subnet', SUBNETS, id);
  const ipVersion = cidr.includes(':') ? (6 as const) : (4 as const);
  return { id, networkId, cidr, gatewayIp: null, ipVersion, hostRoutes: [] };
};

/** The world's networks, with addresses that are counted up. */
export const network = (): Asked & { readonly reset: () => void } => {
  const made = new Map<string, Port>();
  let address = FIRST_ADDRESS;
  const addressIn = (subnetId: string): string => {
    address += 1;
    const [prefix = ''] = subnetOf(subnetId).cidr.split('/');
    return prefix.includes(':') ? `${prefix}${address}` : prefix.replace(/0$/, String(address));
  };
  const madeOf = (spec: PortSpec): Port => ({
    ...plainPort,
    id: randomUUID(),
    name: spec.name,
    networkId: spec.networkId,
    deviceId: spec.deviceId ?? '',
    deviceOwner: 'Octavia',
    fixedIps: spec.fixedIps.map(({ subnetId, ipAddress }) => ({
      subnetId,
      ipAddress: ipAddress ?? addressIn(subnetId),
    })),
    securityGroupIds: spec.securityGroupIds ?? [],
    qosPolicyId: spec.qosPolicyId ?? null,
    projectId: spec.projectId ?? '',
  });
  return {
    reset() {
      made.clear();
      address = FIRST_ADDRESS;
    },
    async createPort(spec) {
      const port = madeOf(spec);
      made.set(port.id, port);
      return port;
    },
    async deletePort(id) {
      made.delete(id);
    },
    findPorts: async (name) => [...made.values()].filter((port) => port.name === name),
    freeAddresses: async () => Object.fromEntries(SUBNETS.map(({ id }) => [id, FREE_ADDRESSES])),
    async getNetwork(id) {
      const subnetIds = SUBNETS.filter(({ networkId }) => networkId === id).map((subnet) => subnet.id);
      if (subnetIds.length === 0) throw new CloudResourceNotFoundError('network', id);
      return { id, name: 'net', mtu: 1500, subnetIds, portSecurityEnabled: true };
    },
    getSubnet: async (id) => subnetOf(id),
    getPort: async (id) => found('port', [...made.values(), ...portsOfWorld], id),
    getQosPolicy: async (id) => found('QoS policy', [{ id: QOS_POLICY }], id),
    getSecurityGroup: async (id) => {
      const groups = SECURITY_GROUPS.map((one) => ({ id: one }));
      return found('security group', groups, id);
    },
  };
};
