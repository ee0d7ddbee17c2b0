import * as z from 'zod';
import { FLOWS } from '../../models/flows.ts';
import { type LoadBalancer, NO_AMPHORA_OPTIONS, Topology } from '../../models/objects/load-balancer.ts';
import { namedRow } from './base.ts';

const vnicType = z.enum(['normal', 'direct']);

const vip = z.object({
  ip_address: z.string(),
  port_id: z.string(),
  subnet_id: z.string(),
  network_id: z.string(),
  qos_policy_id: z.string().nullable(),
  octavia_owned: z.boolean(),
  vnic_type: vnicType,
  sg_ids: z.array(z.string()),
  former_sg_ids: z.array(z.string()).default([]),
});

const additionalVip = z.object({
  subnet_id: z.string(),
  ip_address: z.string(),
  port_id: z.string(),
  network_id: z.string(),
});

const amphoraOptions = z.object({
  compute_flavor: z.string().nullable(),
  amp_image_tag: z.string().nullable(),
  compute_zone: z.string().nullable(),
  management_network: z.string().nullable(),
});

const vrrpGroup = z.object({
  vrrp_group_name: z.string(),
  vrrp_auth_type: z.literal('PASS'),
  vrrp_auth_pass: z.string(),
  advert_int: z.number(),
});

const lock = z.object({
  operation_id: z.string(),
  fence: z.number(),
  flow: z.enum(FLOWS),
  closing: z.boolean(),
  acquired_at: z.string(),
});

export const loadBalancerRow: z.ZodType<LoadBalancer> = z.object({
  ...namedRow,
  description: z.string(),
  enabled: z.boolean(),
  topology: z.enum(Topology),
  provider: z.string(),
  flavor_id: z.string().nullable(),
  availability_zone: z.string().nullable(),
  deletion_protected: z.boolean().default(false),
  amphora_options: amphoraOptions.default(NO_AMPHORA_OPTIONS),
  server_group_id: z.string().nullable(),
  vip,
  additional_vips: z.array(additionalVip),
  vrrp_group: vrrpGroup.nullable(),
  security_group_id: z.string().nullable(),
  lock: lock.nullable(),
  fence: z.number(),
  generation: z.number(),
  ingress_checksum: z.string().nullable().default(null),
  staged_operation_id: z.string().nullable().default(null),
  // A row without this field is unknown.
  incomplete: z.boolean().default(true),
});
