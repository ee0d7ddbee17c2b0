import * as z from 'zod';
import { ALPN_PROTOCOLS, TLS_VERSIONS } from '../../models/objects/listener.ts';
import {
  type HealthMonitor,
  HealthMonitorType,
  LB_ALGORITHMS,
  type Member,
  PERSISTENCE_TYPES,
  type Pool,
  PoolProtocol,
} from '../../models/objects/pool.ts';
import { namedRow } from './base.ts';

const text = z.string().nullable();

export const poolRow: z.ZodType<Pool> = z.object({
  ...namedRow,
  load_balancer_id: z.string(),
  protocol: z.enum(PoolProtocol),
  lb_algorithm: z.enum(LB_ALGORITHMS),
  description: z.string(),
  enabled: z.boolean(),
  session_persistence: z
    .object({
      type: z.enum(PERSISTENCE_TYPES),
      cookie_name: text,
      persistence_timeout: z.number().nullable(),
      persistence_granularity: text,
    })
    .nullable(),
  tls_enabled: z.boolean(),
  tls_certificate_id: text,
  ca_tls_certificate_id: text,
  crl_container_id: text,
  tls_ciphers: text,
  tls_versions: z.array(z.enum(TLS_VERSIONS)).nullable(),
  alpn_protocols: z.array(z.enum(ALPN_PROTOCOLS)).nullable(),
});

export const memberRow: z.ZodType<Member> = z.object({
  ...namedRow,
  load_balancer_id: z.string(),
  pool_id: z.string(),
  ip_address: z.string(),
  protocol_port: z.number(),
  weight: z.number(),
  backup: z.boolean(),
  subnet_id: text,
  monitor_address: text,
  monitor_port: z.number().nullable(),
  enabled: z.boolean(),
  vnic_type: z.enum(['normal', 'direct']),
});

export const healthMonitorRow: z.ZodType<HealthMonitor> = z.object({
  ...namedRow,
  load_balancer_id: z.string(),
  pool_id: z.string(),
  type: z.enum(HealthMonitorType),
  delay: z.number(),
  timeout: z.number(),
  rise_threshold: z.number(),
  fall_threshold: z.number(),
  http_method: text,
  url_path: text,
  expected_codes: text,
  http_version: z.number().nullable(),
  domain_name: text,
  enabled: z.boolean(),
});
