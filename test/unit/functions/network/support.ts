import { randomUUID } from 'node:crypto';
import type {
  NetworkDriver,
  Port,
  PortChange,
  PortSpec,
  Subnet,
} from '../../../../lib/drivers/network/network-driver.ts';
import { CloudResourceNotFoundError, VipAllocationError } from '../../../../lib/errors/cloud.ts';
import { aPort } from '../../lib/drivers/network/support.ts';

export interface FakeNetwork extends NetworkDriver {
  /** What was asked, in order: the method and its first argument. */
  readonly calls: string[];
  readonly ports: Map<string, Port>;
  readonly groups: Map<string, string>;
  /** Methods that fail, and with what. */
  readonly failing: Partial<Record<keyof NetworkDriver, Error>>;
  /** Subnets that are gone, and subnets without a free address. */
  readonly lost: Set<string>;
  readonly full: Set<string>;
  /** Which network a subnet is in; "net of <subnet>" when it is not named. */
  readonly subnetNetworks: Record<string, string>;
}

const portOf = (spec: PortSpec): Port =>
  aPort(randomUUID(), spec.networkId, [], {
    name: spec.name,
    deviceId: spec.deviceId ?? '',
    adminStateUp: spec.adminStateUp,
    fixedIps: spec.fixedIps.map(({ subnetId, ipAddress }) => ({ subnetId, ipAddress: ipAddress ?? '10.9.9.9' })),
    securityGroupIds: spec.securityGroupIds ?? [],
    allowedAddressPairs: spec.allowedAddressPairs ?? [],
    qosPolicyId: spec.qosPolicyId ?? null,
  });

/** A network service in memory. */
export const fakeNetwork = (given: readonly Port[] = []): FakeNetwork => {
  const calls: string[] = [];
  const ports = new Map(given.map((port) => [port.id, port]));
  const groups = new Map<string, string>();
  const failing: FakeNetwork['failing'] = {};
  const subnetNetworks: Record<string, string> = {};
  const lost = new Set<string>();
  const full = new Set<string>();
  const claim = (fixedIps: PortChange['fixedIps'] = []): void => {
    for (const { subnetId, ipAddress } of fixedIps) {
      if (ipAddress === null && full.has(subnetId)) throw new VipAllocationError(`No more addresses on ${subnetId}.`);
    }
  };
  const asked = (method: keyof NetworkDriver, subject: string): void => {
    calls.push(`${method} ${subject}`);
    const failure = failing[method];
    if (failure !== undefined) throw failure;
  };
  const existing = (id: string): Port => {
    const port = ports.get(id);
    if (port === undefined) throw new CloudResourceNotFoundError('port', id);
    return port;
  };
  return {
    calls,
    ports,
    groups,
    failing,
    subnetNetworks,
    lost,
    full,
    async createPort(spec) {
      asked('createPort', spec.name);
      claim(spec.fixedIps);
      const port = portOf(spec);
      ports.set(port.id, port);
      return port;
    },
    async findPorts(name, networkId) {
      asked('findPorts', name);
      return [...ports.values()].filter(
        (port) => port.name === name && (networkId ?? port.networkId) === port.networkId,
      );
    },
    async getPort(id) {
      asked('getPort', id);
      return existing(id);
    },
    async listServerPorts(serverId) {
      asked('listServerPorts', serverId);
      return [...ports.values()].filter(({ deviceId }) => deviceId === serverId);
    },
    async updatePort(id, change) {
      asked('updatePort', id);
      const port = existing(id);
      claim(change.fixedIps);
      const fixedIps = change.fixedIps?.map(({ subnetId, ipAddress }) => ({
        subnetId,
        ipAddress: ipAddress ?? '10.9.9.8',
      }));
      const changed = { ...port, ...change, fixedIps: fixedIps ?? port.fixedIps };
      ports.set(id, changed);
      return changed;
    },
    async deletePort(id) {
      asked('deletePort', id);
      ports.delete(id);
    },
    async getNetwork(id) {
      asked('getNetwork', id);
      return { id, name: id, mtu: 1450, subnetIds: [], portSecurityEnabled: true };
    },
    async getSubnet(id): Promise<Subnet> {
      asked('getSubnet', id);
      if (lost.has(id)) throw new CloudResourceNotFoundError('subnet', id);
      const networkId = subnetNetworks[id] ?? `net of ${id}`;
      return { id, networkId, cidr: '10.9.9.0/24', gatewayIp: null, ipVersion: 4, hostRoutes: [] };
    },
    async getQosPolicy(id) {
      asked('getQosPolicy', id);
      return { id };
    },
    async getSecurityGroup(id) {
      asked('getSecurityGroup', id);
      return { id };
    },
    async freeAddresses() {
      return {};
    },
    async findSecurityGroup(name) {
      asked('findSecurityGroup', name);
      return groups.get(name) ?? null;
    },
    async createSecurityGroup(name) {
      asked('createSecurityGroup', name);
      const id = randomUUID();
      groups.set(name, id);
      return id;
    },
    async syncIngressRules(id, wanted) {
      asked('syncIngressRules', `${id} ${wanted.length}`);
    },
    async deleteSecurityGroup(id) {
      asked('deleteSecurityGroup', id);
      for (const [name, groupId] of groups) if (groupId === id) groups.delete(name);
    },
  };
};
