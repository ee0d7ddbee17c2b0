/** A server as the worker sees it. */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: 'BUILD' | 'ACTIVE' | 'ERROR' | 'DELETED' | 'OTHER';
  /** Nova's own words when status is ERROR. */
  readonly fault: string | null;
  readonly availabilityZone: string | null;
  readonly imageId: string | null;
  readonly flavorId: string | null;
}

export interface ServerSpec {
  /** Deterministic: `amphora-<amphora id>`. */
  readonly name: string;
  readonly imageId: string;
  readonly flavorId: string;
  /** Networks Nova makes a port in, in order; then ports that exist. */
  readonly networkIds: readonly string[];
  readonly portIds: readonly string[];
  /** Apply to the ports Nova makes. */
  readonly securityGroups: readonly string[];
  readonly keyName: string | null;
  readonly availabilityZone: string | null;
  readonly serverGroupId: string | null;
  /** Path in the server to content. Holds a private key: never logged, never stored. */
  readonly files: Readonly<Record<string, string>>;
  readonly userData: string;
}

export interface ServerInterface {
  readonly portId: string;
  readonly networkId: string;
  readonly macAddress: string;
  readonly ipAddresses: readonly string[];
}

/**
 * What the worker asks of a compute service. Every method may throw CloudUnavailableError (retryable),
 * CloudCredentialsError and CloudRequestError; further errors are named at the method.
 */
export interface ComputeDriver {
  /**
   * Asks for a server; does not wait for it.
   * @throws CloudResourceNotFoundError its server group is gone
   * @throws ComputeBuildError refused (quota, no such flavor, ...)
   */
  createServer(spec: ServerSpec): Promise<Server>;
  /**
   * The servers of that exact name, those in ERROR last; none when there is none. Nova takes a name twice: a request
   * whose answer was lost may have arrived.
   */
  findServers(name: string): Promise<readonly Server[]>;
  /** @throws CloudResourceNotFoundError */
  getServer(serverId: string): Promise<Server>;
  /** Addresses the server has now, in Nova's order. @throws CloudResourceNotFoundError */
  listInterfaces(serverId: string): Promise<readonly ServerInterface[]>;
  /** Asks for deletion; a server that is gone is a success. */
  deleteServer(serverId: string): Promise<void>;
  /**
   * Hot-plugs a port; a port that is attached to this server already is a success.
   * @throws CloudResourceNotFoundError no such server, network or port
   * @throws PortPlugError the port is used elsewhere, or the host cannot take it
   * @throws AmphoraNotReadyError the server takes no port as it is now: stopped, locked, or busy
   */
  attachPort(serverId: string, portId: string): Promise<void>;
  /** Asks to unplug; gone is a success. The port itself stays. */
  detachPort(serverId: string, portId: string): Promise<void>;
  /** Makes a server group of that name; returns its id. Nova takes a name twice. */
  createServerGroup(name: string, policy: 'anti-affinity' | 'soft-anti-affinity'): Promise<string>;
  /** The id of the server group of that name, or null. */
  findServerGroup(name: string): Promise<string | null>;
  /** Gone is a success. */
  deleteServerGroup(serverGroupId: string): Promise<void>;
  /** True when Nova has a flavor of that id. */
  flavorExists(flavorId: string): Promise<boolean>;
  /** Names of the zones servers can be put in. */
  listAvailabilityZones(): Promise<readonly string[]>;
}
