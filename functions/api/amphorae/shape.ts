import * as z from 'zod';
import { AmphoraRole } from '../../../lib/models/objects/amphora.ts';
import { AmphoraStatus } from '../../../lib/models/statuses.ts';
import { totalsFields } from '../statistics/shape.ts';
import { count, id, many, moment, networkId } from '../views/shapes.ts';

/** An amphora as operators see it. */
export const amphoraShape = z
  .strictObject({
    id: id(),
    loadbalancer_id: id().nullable(),
    compute_id: z.string().nullable(),
    lb_network_ip: z.string().nullable(),
    vrrp_ip: z.string().nullable(),
    ha_ip: z.string().nullable(),
    vrrp_port_id: networkId().nullable(),
    ha_port_id: networkId().nullable(),
    cert_expiration: moment().nullable(),
    cert_busy: z.boolean(),
    role: z.enum(AmphoraRole).nullable(),
    status: z.enum(AmphoraStatus),
    vrrp_interface: z.string().nullable(),
    vrrp_id: z.int().nullable(),
    vrrp_priority: z.int().nullable(),
    cached_zone: z.string().nullable(),
    image_id: z.string().nullable(),
    compute_flavor: z.string().nullable(),
    created_at: moment().nullable(),
    updated_at: moment().nullable(),
  })
  .meta({ id: 'Amphora' });
export type AmphoraView = z.infer<typeof amphoraShape>;

/** What an amphora has counted for one listener. */
export const amphoraStatsShape = z.strictObject({
  id: id(),
  listener_id: id(),
  loadbalancer_id: id(),
  ...totalsFields,
});
export type AmphoraStatsView = z.infer<typeof amphoraStatsShape>;

/** Heartbeat receivers, and zones without automatic failovers because of a storm. */
export const healthShape = z.strictObject({
  receivers: many(
    z.strictObject({
      id: z.string(),
      healthy: z.boolean(),
      healthy_since: moment().nullable(),
      started_at: moment().nullable(),
      seen_at: moment().nullable(),
      amphorae: count(),
      datagrams: z.record(z.string(), z.number()),
      dropped_at: moment().nullable(),
      previous_key: z.int().min(0),
    }),
  ),
  storms: many(z.strictObject({ zone: z.string(), since: moment().nullable(), silent: count(), known: count() })),
  doubts_observer: z.boolean(),
});
export type HealthView = z.infer<typeof healthShape>;
