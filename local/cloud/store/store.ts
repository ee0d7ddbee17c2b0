import * as z from 'zod';
import {
  type ContainerRecord,
  containerRecord,
  type NetworkRecord,
  networkRecord,
  type PortRecord,
  portRecord,
  type QosPolicyRecord,
  qosPolicyRecord,
  type SecretRecord,
  type SecurityGroupRecord,
  type SecurityGroupRuleRecord,
  type ServerGroupRecord,
  type ServerRecord,
  type SubnetRecord,
  secretRecord,
  securityGroupRecord,
  securityGroupRuleRecord,
  serverGroupRecord,
  serverRecord,
  subnetRecord,
} from './records.ts';

type Table<T> = ReadonlyMap<string, Readonly<T>>;

/** Everything the cloud holds, by id; read-only view. */
export interface CloudState {
  readonly networks: Table<NetworkRecord>;
  readonly subnets: Table<SubnetRecord>;
  readonly ports: Table<PortRecord>;
  readonly securityGroups: Table<SecurityGroupRecord>;
  readonly securityGroupRules: Table<SecurityGroupRuleRecord>;
  readonly qosPolicies: Table<QosPolicyRecord>;
  readonly servers: Table<ServerRecord>;
  readonly serverGroups: Table<ServerGroupRecord>;
  readonly secrets: Table<SecretRecord>;
  readonly containers: Table<ContainerRecord>;
}

/** The same with the right to write; a writer calls touch() afterwards. */
export interface Store extends CloudState {
  readonly networks: Map<string, NetworkRecord>;
  readonly subnets: Map<string, SubnetRecord>;
  readonly ports: Map<string, PortRecord>;
  readonly securityGroups: Map<string, SecurityGroupRecord>;
  readonly securityGroupRules: Map<string, SecurityGroupRuleRecord>;
  readonly qosPolicies: Map<string, QosPolicyRecord>;
  readonly servers: Map<string, ServerRecord>;
  readonly serverGroups: Map<string, ServerGroupRecord>;
  readonly secrets: Map<string, SecretRecord>;
  readonly containers: Map<string, ContainerRecord>;
  /** Signs tokens, hexadecimal; kept so that tokens survive a restart. */
  tokenKey: string;
  /** Tells the snapshot that something changed. */
  touch(): void;
}

export const snapshotSchema = z.object({
  version: z.literal(1),
  token_key: z.string(),
  address_block: z.object({ management: z.number(), tenant: z.number() }),
  networks: z.array(networkRecord),
  subnets: z.array(subnetRecord),
  ports: z.array(portRecord),
  security_groups: z.array(securityGroupRecord),
  security_group_rules: z.array(securityGroupRuleRecord),
  qos_policies: z.array(qosPolicyRecord),
  servers: z.array(serverRecord),
  server_groups: z.array(serverGroupRecord),
  secrets: z.array(secretRecord),
  containers: z.array(containerRecord),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

const byId = <T extends { id: string }>(rows: readonly T[] = []): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]));

/** A store with the rows of a snapshot, or an empty one. */
export const createStore = (snapshot: Snapshot | null, tokenKey: string, touch: () => void): Store => ({
  networks: byId(snapshot?.networks),
  subnets: byId(snapshot?.subnets),
  ports: byId(snapshot?.ports),
  securityGroups: byId(snapshot?.security_groups),
  securityGroupRules: byId(snapshot?.security_group_rules),
  qosPolicies: byId(snapshot?.qos_policies),
  servers: byId(snapshot?.servers),
  serverGroups: byId(snapshot?.server_groups),
  secrets: byId(snapshot?.secrets),
  containers: byId(snapshot?.containers),
  tokenKey: snapshot?.token_key ?? tokenKey,
  touch,
});

/** The store's rows in the form that is saved. */
export const toSnapshot = (store: Store, addressBlock: Snapshot['address_block']): Snapshot => ({
  version: 1,
  token_key: store.tokenKey,
  address_block: addressBlock,
  networks: [...store.networks.values()],
  subnets: [...store.subnets.values()],
  ports: [...store.ports.values()],
  security_groups: [...store.securityGroups.values()],
  security_group_rules: [...store.securityGroupRules.values()],
  qos_policies: [...store.qosPolicies.values()],
  servers: [...store.servers.values()],
  server_groups: [...store.serverGroups.values()],
  secrets: [...store.secrets.values()],
  containers: [...store.containers.values()],
});
