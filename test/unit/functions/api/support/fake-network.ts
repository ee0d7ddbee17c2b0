import { randomUUID } from 'node:crypto';
import type {
  NetworkDriver,
  NetworkLookup,
  Port,
  PortSpec,
} from '../../../../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError } from '../../../../../lib/errors/cloud.ts';

type Asked = NetworkLookup & Pick<NetworkDriver, 'createPort' | 'deletePort' | 'findPorts' | 'freeAddresses'>;

export interface FakeSubnet {
  readonly id: string;
  readonly cidr: string;
  readonly free: number;
}

export interface FakeNetwork extends Asked {
  /** Names of the calls made so far, in order. */
  readonly calls: string[];
  readonly ports: Map<string, Port>;
  /** Ids of the QoS policies and security groups there are. */
  readonly present: Set<string>;
  /** Replaces one call by a failure or a delay. */
  readonly instead: Partial<Asked>;
}

export const NETWORK_ID = '0b0c8c5e-6a1f-4a50-8a38-0d4fbd8a1c11';
export const SUBNET_V4: FakeSubnet = { id: '5a5d4b1e-3f0e-4a57-9e4e-2d1e6c7b8a91', cidr: '10.1.0.0/24', free: 100 };
export const SUBNET_V6: FakeSubnet = { id: '7c7e5b3a-1f2d-4c4b-8b69-9a4c1d2e3f41', cidr: '2001:db8::/64', free: 100 };

const firstAddress = (cidr: string, index: number): string =>
  cidr.includes(':') ? cidr.replace(/::\/.*$/, `::${index}`) : cidr.replace(/\.0\/.*$/, `.${index}`);

/** One network with the subnets, and ports that can be made in it. */
export const fakeNetwork = (
  subnets: readonly FakeSubnet[] = [SUBNET_V4],
  { portSecurityEnabled = true } = {},
): FakeNetwork => {
  const ports = new Map<string, Port>();
  const present = new Set<string>();
  const calls: string[] = [];
  const instead: Partial<Asked> = {};
  const missing = (kind: string, id: string) => new CloudResourceNotFoundError(kind, id);
  let addresses = 10;
  const made = (spec: PortSpec): Port => ({
    id: randomUUID(),
    name: spec.name,
    networkId: spec.networkId,
    macAddress: 'fa:16:3e:00:00:01',
    deviceId: spec.deviceId ?? '',
    deviceOwner: 'Octavia',
    status: 'DOWN',
    adminStateUp: spec.adminStateUp,
    fixedIps: spec.fixedIps.map(({ subnetId, ipAddress }) => {
      addresses += 1;
      const cidr = subnets.find(({ id }) => id === subnetId)?.cidr ?? '192.0.2.0/24';
      return { subnetId, ipAddress: ipAddress ?? firstAddress(cidr, addresses) };
    }),
    securityGroupIds: spec.securityGroupIds ?? [],
    allowedAddressPairs: [],
    qosPolicyId: spec.qosPolicyId ?? null,
    projectId: spec.projectId ?? '',
  });
  const plain: Asked = {
    async createPort(spec) {
      const port = made(spec);
      ports.set(port.id, port);
      return port;
    },
    async deletePort(id) {
      ports.delete(id);
    },
    findPorts: async (name) => [...ports.values()].filter((port) => port.name === name),
    freeAddresses: async () => Object.fromEntries(subnets.map(({ id, free }) => [id, free])),
    async getNetwork(id) {
      if (id !== NETWORK_ID) throw missing('network', id);
      return { id, name: 'vip', mtu: 1500, subnetIds: subnets.map((subnet) => subnet.id), portSecurityEnabled };
    },
    async getSubnet(id) {
      const found = subnets.find((subnet) => subnet.id === id);
      if (found === undefined) throw missing('subnet', id);
      const { cidr } = found;
      const ipVersion = cidr.includes(':') ? 6 : 4;
      return { id, networkId: NETWORK_ID, cidr, gatewayIp: null, ipVersion, hostRoutes: [] };
    },
    async getPort(id) {
      const found = ports.get(id);
      if (found === undefined) throw missing('port', id);
      return found;
    },
    async getQosPolicy(id) {
      if (!present.has(id)) throw missing('QoS policy', id);
      return { id };
    },
    async getSecurityGroup(id) {
      if (!present.has(id)) throw missing('security group', id);
      return { id };
    },
  };
  const use = <Name extends keyof Asked>(name: Name): Asked[Name] => {
    calls.push(name);
    return instead[name] ?? plain[name];
  };
  return {
    calls,
    ports,
    present,
    instead,
    createPort: (spec) => use('createPort')(spec),
    deletePort: (id) => use('deletePort')(id),
    findPorts: (name, networkId) => use('findPorts')(name, networkId),
    freeAddresses: (id) => use('freeAddresses')(id),
    getNetwork: (id) => use('getNetwork')(id),
    getSubnet: (id) => use('getSubnet')(id),
    getPort: (id) => use('getPort')(id),
    getQosPolicy: (id) => use('getQosPolicy')(id),
    getSecurityGroup: (id) => use('getSecurityGroup')(id),
  };
};
