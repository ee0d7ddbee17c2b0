import * as z from 'zod';
import {
  ALPN_PROTOCOLS,
  CLIENT_AUTHENTICATIONS,
  INSERT_HEADERS,
  type Listener,
  ListenerProtocol,
  TLS_VERSIONS,
} from '../../models/objects/listener.ts';
import { namedRow } from './base.ts';

export const listenerRow: z.ZodType<Listener> = z.object({
  ...namedRow,
  load_balancer_id: z.string(),
  protocol: z.enum(ListenerProtocol),
  protocol_port: z.number(),
  description: z.string(),
  enabled: z.boolean(),
  connection_limit: z.number(),
  default_pool_id: z.string().nullable(),
  tls_certificate_id: z.string().nullable(),
  sni_containers: z.array(z.string()),
  client_ca_tls_certificate_id: z.string().nullable(),
  client_authentication: z.enum(CLIENT_AUTHENTICATIONS),
  client_crl_container_id: z.string().nullable(),
  insert_headers: z.partialRecord(z.enum(INSERT_HEADERS), z.string()),
  timeout_client_data: z.number(),
  timeout_member_connect: z.number(),
  timeout_member_data: z.number(),
  timeout_tcp_inspect: z.number(),
  allowed_cidrs: z.array(z.string()),
  tls_ciphers: z.string().nullable(),
  tls_versions: z.array(z.enum(TLS_VERSIONS)).nullable(),
  alpn_protocols: z.array(z.enum(ALPN_PROTOCOLS)).nullable(),
  hsts_max_age: z.number().nullable(),
  hsts_include_subdomains: z.boolean(),
  hsts_preload: z.boolean(),
  peer_port: z.number(),
});
