import type { HostRoute } from '../network/network-driver.ts';

/** Where an agent is and its identity: its certificate carries the amphora's id. */
export interface AgentAddress {
  readonly amphoraId: string;
  readonly lbNetworkIp: string;
}

export interface AgentInfo {
  readonly hostname: string;
  /** As the package says, for example "2.6.12-1+deb12u1". */
  readonly haproxyVersion: string;
  readonly apiVersion: string;
}

export interface AgentDetails {
  readonly haproxyVersion: string;
  readonly cpuCount: number;
  /** KiB each. */
  readonly memory: { readonly free: number; readonly buffers: number; readonly cached: number };
  readonly activeTunedProfiles: string;
}

export interface VipAddress {
  readonly ipAddress: string;
  readonly subnetCidr: string;
  readonly gateway: string | null;
  readonly hostRoutes: readonly HostRoute[];
}

export interface PlugVip {
  readonly vip: VipAddress;
  readonly additionalVips: readonly VipAddress[];
  /** The base port's. */
  readonly macAddress: string;
  readonly vrrpIp: string;
  readonly mtu: number;
}

export interface PlugNetwork {
  readonly macAddress: string;
  readonly mtu: number;
  readonly fixedIps: readonly VipAddress[];
  /** Only when the port is the amphora's base port. */
  readonly vip: PlugVip | null;
}

/**
 * What the worker asks of an amphora's agent, over mutual TLS. Every method may throw
 * AmphoraUnreachableError (retryable), AmphoraIdentityError and AmphoraRequestError.
 */
export interface AmphoraDriver {
  /** Version discovery and /info in one; the agent's readiness probe. */
  getInfo(agent: AgentAddress): Promise<AgentInfo>;
  getDetails(agent: AgentAddress): Promise<AgentDetails>;
  /** Already plugged is a success. */
  plugVip(agent: AgentAddress, plug: PlugVip): Promise<void>;
  /** Already plugged is a success. */
  plugNetwork(agent: AgentAddress, plug: PlugNetwork): Promise<void>;
  /** @throws AmphoraRequestError status 400 with haproxy's own words when it refuses the configuration */
  uploadHaproxyConfig(agent: AgentAddress, loadBalancerId: string, config: string): Promise<void>;
  /** What the amphora has on its disk, or null. */
  getHaproxyConfig(agent: AgentAddress, loadBalancerId: string): Promise<string | null>;
  uploadLvsConfig(agent: AgentAddress, listenerId: string, config: string): Promise<void>;
  getLvsConfig(agent: AgentAddress, listenerId: string): Promise<string | null>;
  /** `objectId`: the load balancer's id, or a UDP or SCTP listener's. */
  start(agent: AgentAddress, objectId: string): Promise<void>;
  reload(agent: AgentAddress, objectId: string): Promise<void>;
  /** Stops and removes; unknown is a success. */
  deleteListener(agent: AgentAddress, objectId: string): Promise<void>;
  /** Uploads unless the amphora has the same bytes. Answers whether it uploaded. */
  uploadCertificate(agent: AgentAddress, loadBalancerId: string, fileName: string, pem: string): Promise<boolean>;
  deleteCertificate(agent: AgentAddress, loadBalancerId: string, fileName: string): Promise<void>;
  /** The interface that holds the address, or null. */
  getInterface(agent: AgentAddress, ipAddress: string): Promise<string | null>;
  uploadVrrpConfig(agent: AgentAddress, config: string): Promise<void>;
  startVrrp(agent: AgentAddress): Promise<void>;
  /** keepalived says goodbye, so that a peer takes the VIP over at once. */
  stopVrrp(agent: AgentAddress): Promise<void>;
  /** Replaces the agent's own server certificate. */
  uploadAgentCertificate(agent: AgentAddress, pem: string): Promise<void>;
  /** SHA-256 fingerprint of the certificate that a new connection is shown, like X509Certificate's `fingerprint256`. */
  shownCertificate(agent: AgentAddress): Promise<string>;
  /** Replaces the agent's configuration file. */
  updateAgentConfig(agent: AgentAddress, config: string): Promise<void>;
}
