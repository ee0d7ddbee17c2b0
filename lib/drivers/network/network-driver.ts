export interface FixedIp {
  readonly subnetId: string;
  readonly ipAddress: string;
}

export interface Port {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly macAddress: string;
  readonly deviceId: string;
  readonly deviceOwner: string;
  readonly status: string;
  readonly adminStateUp: boolean;
  readonly fixedIps: readonly FixedIp[];
  readonly securityGroupIds: readonly string[];
  readonly allowedAddressPairs: readonly string[];
  readonly qosPolicyId: string | null;
  readonly projectId: string;
}

export interface HostRoute {
  readonly destination: string;
  readonly nexthop: string;
}

export interface Subnet {
  readonly id: string;
  readonly networkId: string;
  readonly cidr: string;
  readonly gatewayIp: string | null;
  readonly ipVersion: 4 | 6;
  readonly hostRoutes: readonly HostRoute[];
}

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly mtu: number;
  readonly subnetIds: readonly string[];
  readonly portSecurityEnabled: boolean;
}

export interface WantedFixedIp {
  readonly subnetId: string;
  /** Neutron chooses when null. */
  readonly ipAddress: string | null;
}

export interface PortSpec {
  /** Deterministic; ports are found again by it. */
  readonly name: string;
  readonly networkId: string;
  /** Empty: Neutron chooses the subnet. */
  readonly fixedIps: readonly WantedFixedIp[];
  readonly adminStateUp: boolean;
  readonly deviceId?: string;
  /** The project that owns the port; the worker's own when left out. */
  readonly projectId?: string;
  /** Left out: Neutron's default group. Empty list: none. */
  readonly securityGroupIds?: readonly string[];
  readonly allowedAddressPairs?: readonly string[];
  readonly qosPolicyId?: string | null;
  readonly vnicType?: 'normal' | 'direct';
}

export interface PortChange {
  readonly securityGroupIds?: readonly string[];
  readonly allowedAddressPairs?: readonly string[];
  readonly fixedIps?: readonly WantedFixedIp[];
  /** null takes the policy away. */
  readonly qosPolicyId?: string | null;
  readonly adminStateUp?: boolean;
}

/** One wanted ingress rule of a VIP's security group. */
export interface IngressRule {
  readonly ethertype: 'IPv4' | 'IPv6';
  /** tcp, udp, sctp, or a protocol number as text (112 VRRP, 51 AH). */
  readonly protocol: string;
  /** null for protocols without ports. */
  readonly port: number | null;
  /** null for any source. */
  readonly remoteIpPrefix: string | null;
}

/** device_owner of every port the worker makes; a VIP port is deleted only when it carries it. */
export const DEVICE_OWNER = 'Octavia';

/**
 * What the worker asks of a network service. Every method may throw CloudUnavailableError (retryable),
 * CloudCredentialsError and CloudRequestError; further errors are named at the method.
 */
export interface NetworkDriver {
  /**
   * Makes a port; device_owner is DEVICE_OWNER.
   * @throws VipInUseError an asked-for address is taken
   * @throws VipAllocationError no address left, address outside its subnet
   * @throws CloudResourceNotFoundError network or subnet missing
   */
  createPort(spec: PortSpec): Promise<Port>;
  /** The ports of that exact name, of any project. @param networkId @default in any network */
  findPorts(name: string, networkId?: string): Promise<readonly Port[]>;
  /** @throws CloudResourceNotFoundError */
  getPort(portId: string): Promise<Port>;
  /** Ports whose device_id is the server. */
  listServerPorts(serverId: string): Promise<readonly Port[]>;
  /** @throws CloudResourceNotFoundError */
  updatePort(portId: string, change: PortChange): Promise<Port>;
  /** Gone is a success. */
  deletePort(portId: string): Promise<void>;
  /** @throws CloudResourceNotFoundError */
  getNetwork(networkId: string): Promise<Network>;
  /** @throws CloudResourceNotFoundError */
  getSubnet(subnetId: string): Promise<Subnet>;
  /** @throws CloudResourceNotFoundError */
  getQosPolicy(policyId: string): Promise<{ readonly id: string }>;
  /** @throws CloudResourceNotFoundError */
  getSecurityGroup(securityGroupId: string): Promise<{ readonly id: string }>;
  /** Free addresses by subnet id. */
  freeAddresses(networkId: string): Promise<Readonly<Record<string, number>>>;
  /** The worker's own security group of that name, or null. */
  findSecurityGroup(name: string): Promise<string | null>;
  /** Makes a security group of that name in the worker's project; answers its id. */
  createSecurityGroup(name: string): Promise<string>;
  /** Makes the group's ingress rules exactly these; egress rules are left alone. */
  syncIngressRules(securityGroupId: string, wanted: readonly IngressRule[]): Promise<void>;
  /** Gone is a success. @throws SecurityGroupInUseError a port still has it */
  deleteSecurityGroup(securityGroupId: string): Promise<void>;
}

/** What the rights of the request's user can look at. */
export type NetworkLookup = Pick<
  NetworkDriver,
  'getPort' | 'getNetwork' | 'getSubnet' | 'getQosPolicy' | 'getSecurityGroup'
>;
