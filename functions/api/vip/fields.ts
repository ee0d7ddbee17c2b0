import type * as z from 'zod';
import { attributes, ipAddress, listOf, uuid } from '../fields/fields.ts';

/** Where a body wants the VIP. */
export const placeFields = {
  vip_address: ipAddress().nullish(),
  vip_port_id: uuid().nullish(),
  vip_subnet_id: uuid().nullish(),
  vip_network_id: uuid().nullish(),
};

/** What a body wants laid on the VIP's traffic. */
export const protectionFields = { vip_qos_policy_id: uuid().nullish(), vip_sg_ids: listOf(uuid()).nullish() };

/** All VIPs are on one port: a `port_id`, as answers show it, is taken and means nothing. */
const additionalVip = attributes({
  subnet_id: uuid(),
  ip_address: ipAddress().nullish(),
  port_id: uuid().nullish(),
});
export const additionalFields = { additional_vips: listOf(additionalVip).nullish() };

type Fields<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;
export type ProtectionFields = Fields<typeof protectionFields>;
/** What a caller asks for: the fields of the body that say where the VIP is to be, and what protects it. */
export type WantedVip = Fields<typeof placeFields & typeof protectionFields & typeof additionalFields>;
