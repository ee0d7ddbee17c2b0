import * as z from 'zod';

export const portResult = z.object({
  id: z.string(),
  name: z.string().default(''),
  network_id: z.string(),
  mac_address: z.string(),
  device_id: z.string().default(''),
  device_owner: z.string().default(''),
  status: z.string(),
  admin_state_up: z.boolean(),
  fixed_ips: z.array(z.object({ subnet_id: z.string(), ip_address: z.string() })),
  security_groups: z.array(z.string()).default([]),
  allowed_address_pairs: z.array(z.object({ ip_address: z.string() })).default([]),
  qos_policy_id: z.string().nullish(),
  project_id: z.string().optional(),
  /** The name of project_id in clouds without that extension. */
  tenant_id: z.string().optional(),
});
export const onePort = z.object({ port: portResult });

export type NeutronPort = z.infer<typeof portResult>;
