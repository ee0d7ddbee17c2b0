import type { Amphora } from '../../../lib/models/objects/amphora.ts';
import { timestamp } from '../views/common.ts';
import type { AmphoraView } from './shape.ts';

/** An amphora as operators see it. */
export const amphoraView = (amphora: Amphora): AmphoraView => ({
  id: amphora.id,
  loadbalancer_id: amphora.load_balancer_id,
  compute_id: amphora.compute_id,
  lb_network_ip: amphora.lb_network_ip,
  vrrp_ip: amphora.vrrp_ip,
  ha_ip: amphora.ha_ip,
  vrrp_port_id: amphora.vrrp_port_id,
  ha_port_id: amphora.ha_port_id,
  cert_expiration: timestamp(amphora.cert_expiration),
  cert_busy: amphora.cert_busy,
  role: amphora.role,
  status: amphora.status,
  vrrp_interface: amphora.vrrp_interface,
  vrrp_id: amphora.vrrp_id,
  vrrp_priority: amphora.vrrp_priority,
  cached_zone: amphora.cached_zone,
  image_id: amphora.image_id,
  compute_flavor: amphora.compute_flavor,
  created_at: timestamp(amphora.created_at),
  updated_at: timestamp(amphora.updated_at),
});

/** Fields a list of amphorae can be filtered and sorted by. */
export const SEARCHABLE_FIELDS = [
  'project_id',
  'id',
  'loadbalancer_id',
  'compute_id',
  'lb_network_ip',
  'vrrp_ip',
  'ha_ip',
  'vrrp_port_id',
  'ha_port_id',
  'cert_expiration',
  'cert_busy',
  'role',
  'status',
  'vrrp_interface',
  'vrrp_id',
  'vrrp_priority',
  'cached_zone',
  'image_id',
  'compute_flavor',
  'created_at',
  'updated_at',
] as const;
