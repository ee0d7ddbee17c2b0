import * as z from 'zod';

/** The rows of the stand-in cloud, in OpenStack's own keys. Views add what can be derived. */

const stamps = { created_at: z.string(), updated_at: z.string(), revision_number: z.number() };

export const networkRecord = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  description: z.string(),
  mtu: z.number(),
  shared: z.boolean(),
  admin_state_up: z.boolean(),
  port_security_enabled: z.boolean(),
  qos_policy_id: z.string().nullable(),
  ...stamps,
});
export type NetworkRecord = z.infer<typeof networkRecord>;

export const hostRoute = z.object({ destination: z.string(), nexthop: z.string() });
export const allocationPool = z.object({ start: z.string(), end: z.string() });

export const subnetRecord = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  network_id: z.string(),
  description: z.string(),
  ip_version: z.union([z.literal(4), z.literal(6)]),
  cidr: z.string(),
  gateway_ip: z.string().nullable(),
  enable_dhcp: z.boolean(),
  allocation_pools: z.array(allocationPool),
  host_routes: z.array(hostRoute),
  dns_nameservers: z.array(z.string()),
  ...stamps,
});
export type SubnetRecord = z.infer<typeof subnetRecord>;

export const fixedIp = z.object({ subnet_id: z.string(), ip_address: z.string() });
export type FixedIpRecord = z.infer<typeof fixedIp>;
export const addressPair = z.object({ mac_address: z.string(), ip_address: z.string() });

export const portRecord = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  network_id: z.string(),
  description: z.string(),
  mac_address: z.string(),
  admin_state_up: z.boolean(),
  status: z.string(),
  device_id: z.string(),
  device_owner: z.string(),
  fixed_ips: z.array(fixedIp),
  security_groups: z.array(z.string()),
  allowed_address_pairs: z.array(addressPair),
  port_security_enabled: z.boolean(),
  qos_policy_id: z.string().nullable(),
  dns_name: z.string(),
  'binding:vnic_type': z.string(),
  'binding:host_id': z.string(),
  'binding:profile': z.record(z.string(), z.unknown()),
  tags: z.array(z.string()),
  ...stamps,
});
export type PortRecord = z.infer<typeof portRecord>;

export const securityGroupRecord = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  description: z.string(),
  ...stamps,
});
export type SecurityGroupRecord = z.infer<typeof securityGroupRecord>;

export const securityGroupRuleRecord = z.object({
  id: z.string(),
  project_id: z.string(),
  security_group_id: z.string(),
  description: z.string().nullable(),
  direction: z.enum(['ingress', 'egress']),
  ethertype: z.enum(['IPv4', 'IPv6']),
  protocol: z.string().nullable(),
  port_range_min: z.number().nullable(),
  port_range_max: z.number().nullable(),
  remote_ip_prefix: z.string().nullable(),
  remote_group_id: z.string().nullable(),
  ...stamps,
});
export type SecurityGroupRuleRecord = z.infer<typeof securityGroupRuleRecord>;

export const qosPolicyRecord = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  description: z.string(),
  shared: z.boolean(),
  ...stamps,
});
export type QosPolicyRecord = z.infer<typeof qosPolicyRecord>;

export const serverRecord = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  user_id: z.string(),
  status: z.enum(['BUILD', 'ACTIVE', 'ERROR']),
  task_state: z.string().nullable(),
  fault: z.object({ code: z.number(), message: z.string(), created: z.string() }).nullable(),
  image_id: z.string(),
  flavor_id: z.string(),
  key_name: z.string().nullable(),
  availability_zone: z.string(),
  config_drive: z.boolean(),
  user_data: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  server_group_id: z.string().nullable(),
  /** What the request asked for and what the boot still has to do. */
  requested_networks: z.array(z.union([z.object({ uuid: z.string() }), z.object({ port: z.string() })])),
  requested_groups: z.array(z.string()),
  /** In the order of attachment. */
  port_ids: z.array(z.string()),
  /** The ports of those that Nova made itself and deletes with the server. */
  own_port_ids: z.array(z.string()),
  /** Personality files came with it and are in the instance's folder. */
  is_amphora: z.boolean(),
  /** Its processes are dead although Nova says ACTIVE. */
  crashed: z.boolean(),
  /** The fault its boot will end in; null boots normally. */
  planned_fault: z.string().nullable(),
  /** Its boot never ends. */
  stalled: z.boolean(),
  created: z.string(),
  updated: z.string(),
  launched_at: z.string().nullable(),
});
export type ServerRecord = z.infer<typeof serverRecord>;

export const serverGroupRecord = z.object({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  user_id: z.string(),
  policies: z.array(z.string()),
});
export type ServerGroupRecord = z.infer<typeof serverGroupRecord>;

export const accessList = z.object({
  project_access: z.boolean(),
  users: z.array(z.string()),
  created: z.string(),
  updated: z.string(),
});

export const secretRecord = z.object({
  id: z.string(),
  name: z.string().nullable(),
  project_id: z.string(),
  creator_id: z.string(),
  secret_type: z.string(),
  algorithm: z.string().nullable(),
  bit_length: z.number().nullable(),
  mode: z.string().nullable(),
  expiration: z.string().nullable(),
  content_type: z.string().nullable(),
  /** base64 */
  payload: z.string().nullable(),
  acl: accessList.nullable(),
  created: z.string(),
  updated: z.string(),
});
export type SecretRecord = z.infer<typeof secretRecord>;

export const consumer = z.object({ name: z.string(), URL: z.string() });

export const containerRecord = z.object({
  id: z.string(),
  name: z.string().nullable(),
  project_id: z.string(),
  creator_id: z.string(),
  type: z.string(),
  secret_refs: z.array(z.object({ name: z.string(), secret_ref: z.string() })),
  consumers: z.array(consumer),
  acl: accessList.nullable(),
  created: z.string(),
  updated: z.string(),
});
export type ContainerRecord = z.infer<typeof containerRecord>;
