import * as z from 'zod';
import { type Amphora, AmphoraRole } from '../../models/objects/amphora.ts';
import { AmphoraStatus } from '../../models/statuses.ts';

const text = z.string().nullable();
const lastOperation = z.object({ operation_id: z.string(), at: z.string() });

export const amphoraRow: z.ZodType<Amphora> = z.object({
  id: z.string(),
  load_balancer_id: text,
  compute_id: text,
  status: z.enum(AmphoraStatus),
  role: z.enum(AmphoraRole).nullable(),
  lb_network_ip: text,
  vrrp_ip: text,
  vrrp_port_id: text,
  ha_ip: text,
  ha_port_id: text,
  vrrp_interface: text,
  vrrp_id: z.number().nullable(),
  vrrp_priority: z.number().nullable(),
  cert_expiration: text,
  cert_busy: z.boolean(),
  cached_zone: text,
  image_id: text,
  compute_flavor: text,
  created_at: z.string(),
  updated_at: text,
  facts: z
    .object({
      haproxy_version: z.string(),
      cpu_count: z.number(),
      memory: z.object({ free: z.number(), buffers: z.number(), cached: z.number() }),
      active_tuned_profiles: z.string(),
    })
    .nullish(),
  member_subnets: z.array(z.string()).nullish(),
  member_ports_unconfirmed: z.boolean().nullish(),
  pushed: z
    .object({
      haproxy: text,
      lvs: z.record(z.string(), z.string()),
      files: z
        .object({
          listeners: z.record(z.string(), z.object({ clientCa: text, clientCrl: text })),
          pools: z.record(z.string(), z.object({ certificate: text, ca: text, crl: text })),
        })
        .optional(),
      generation: z.number().optional(),
      sender: text.nullish(),
    })
    .nullish(),
  cert_issuer: text.optional(),
  agent_config: text.optional(),
  last_rotation: lastOperation.nullish(),
  last_config_update: lastOperation.nullish(),
});
