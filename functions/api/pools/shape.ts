import * as z from 'zod';
import { ALPN_PROTOCOLS, TLS_VERSIONS } from '../../../lib/models/listener.ts';
import { PoolProtocol } from '../../../lib/models/pool.ts';
import { id, idOnlyShape, many, namedShape } from '../views/shapes.ts';

/** A pool as GET, PUT and POST show it. */
export const poolShape = z
  .strictObject({
    ...namedShape.shape,
    protocol: z.enum(PoolProtocol),
    lb_algorithm: z.enum(['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT']),
    session_persistence: z
      .strictObject({
        type: z.enum(['SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE']),
        cookie_name: z.string().nullable(),
        persistence_timeout: z.int().nullable(),
        persistence_granularity: z.string().nullable(),
      })
      .nullable(),
    tls_enabled: z.boolean(),
    tls_container_ref: z.string().nullable(),
    ca_tls_container_ref: z.string().nullable(),
    crl_container_ref: z.string().nullable(),
    tls_ciphers: z.string().nullable(),
    tls_versions: many(z.enum(TLS_VERSIONS)).nullable(),
    alpn_protocols: many(z.enum(ALPN_PROTOCOLS)).nullable(),
    loadbalancers: many(idOnlyShape),
    listeners: many(idOnlyShape),
    members: many(idOnlyShape),
    /** Only of a pool that has one. */
    healthmonitor_id: id().optional(),
  })
  .meta({ id: 'Pool' });
export type PoolView = z.infer<typeof poolShape>;
