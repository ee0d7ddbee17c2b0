import * as z from 'zod';
import { ALPN_PROTOCOLS, INSERT_HEADERS, ListenerProtocol, TLS_VERSIONS } from '../../../lib/models/listener.ts';
import { count, id, idOnlyShape, many, namedShape } from '../views/shapes.ts';

/** A listener as GET, PUT and POST show it. */
export const listenerShape = z
  .strictObject({
    ...namedShape.shape,
    protocol: z.enum(ListenerProtocol),
    protocol_port: z.int().min(1).max(65_535),
    connection_limit: z.int().min(-1),
    default_pool_id: id().nullable(),
    default_tls_container_ref: z.string().nullable(),
    sni_container_refs: many(z.string()),
    client_ca_tls_container_ref: z.string().nullable(),
    client_authentication: z.enum(['NONE', 'OPTIONAL', 'MANDATORY']),
    client_crl_container_ref: z.string().nullable(),
    insert_headers: z.partialRecord(z.enum(INSERT_HEADERS), z.string()),
    timeout_client_data: count(),
    timeout_member_connect: count(),
    timeout_member_data: count(),
    timeout_tcp_inspect: count(),
    allowed_cidrs: many(z.string()).nullable(),
    tls_ciphers: z.string().nullable(),
    tls_versions: many(z.enum(TLS_VERSIONS)).nullable(),
    alpn_protocols: many(z.enum(ALPN_PROTOCOLS)).nullable(),
    hsts_max_age: z.int().nullable(),
    hsts_include_subdomains: z.boolean(),
    hsts_preload: z.boolean(),
    loadbalancers: many(idOnlyShape),
    l7policies: many(idOnlyShape),
  })
  .meta({ id: 'Listener' });
export type ListenerView = z.infer<typeof listenerShape>;
