import * as z from 'zod';
import { id, idOnlyShape, many, namedShape, networkId } from '../views/shapes.ts';

/** What a load balancer's own row shows. */
const ownShape = z.strictObject({
  ...namedShape.shape,
  vip_address: z.string(),
  vip_port_id: networkId(),
  vip_subnet_id: networkId(),
  vip_network_id: networkId(),
  vip_qos_policy_id: networkId().nullable(),
  vip_vnic_type: z.enum(['normal', 'direct']),
  vip_sg_ids: many(networkId()),
  additional_vips: many(z.strictObject({ subnet_id: networkId(), ip_address: z.string(), port_id: networkId() })),
  provider: z.string(),
  flavor_id: id().nullable(),
  availability_zone: z.string().nullable(),
  /** There where it is true: clients of upstream do not know it. */
  deletion_protected: z.literal(true).optional(),
});
export type OwnView = z.infer<typeof ownShape>;

/** A load balancer as GET and PUT show it: what is below it by ids. */
export const loadBalancerShape = z
  .strictObject({ ...ownShape.shape, listeners: many(idOnlyShape), pools: many(idOnlyShape) })
  .meta({ id: 'LoadBalancer' });
export type LoadBalancerView = z.infer<typeof loadBalancerShape>;
