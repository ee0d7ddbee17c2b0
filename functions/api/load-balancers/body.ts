import type * as z from 'zod';
import { attributes, bool, ipAddress, listOf, tags, text, uuid } from '../fields/fields.ts';
import { graphFields } from '../graph/body.ts';

/** All VIPs are on one port: a `port_id`, as answers show it, is taken and means nothing. */
const additionalVip = attributes({
  subnet_id: uuid(),
  ip_address: ipAddress().nullish(),
  port_id: uuid().nullish(),
});

/** Fields of POST, in upstream's order: of two mistakes the first one is told. */
export const createFields = attributes({
  name: text(255).nullish(),
  description: text(255).nullish(),
  admin_state_up: bool().nullish(),
  vip_address: ipAddress().nullish(),
  vip_port_id: uuid().nullish(),
  vip_subnet_id: uuid().nullish(),
  vip_network_id: uuid().nullish(),
  vip_qos_policy_id: uuid().nullish(),
  vip_sg_ids: listOf(uuid()).nullish(),
  project_id: text(36).nullish(),
  tenant_id: text(36).nullish(),
  provider: text(64).nullish(),
  tags: tags().nullish(),
  flavor_id: uuid().nullish(),
  availability_zone: text(255).nullish(),
  deletion_protected: bool().nullish(),
  additional_vips: listOf(additionalVip).nullish(),
  ...graphFields,
});
export type CreateFields = z.infer<typeof createFields>;

/** Fields of PUT: absent keeps, null resets. */
export const updateFields = attributes({
  name: text(255).nullish(),
  description: text(255).nullish(),
  admin_state_up: bool().nullish(),
  vip_qos_policy_id: uuid().nullish(),
  vip_sg_ids: listOf(uuid()).nullish(),
  deletion_protected: bool().nullish(),
  tags: tags().nullish(),
});
export type UpdateFields = z.infer<typeof updateFields>;

/** What upstream's messages call the two bodies. */
export const WRAPPING = { argument: 'load_balancer', wrapper: 'loadbalancer' } as const;
