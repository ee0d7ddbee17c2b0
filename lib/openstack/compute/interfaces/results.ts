import * as z from 'zod';

export const interfaceResult = z.object({
  port_id: z.string(),
  net_id: z.string(),
  mac_addr: z.string(),
  fixed_ips: z.array(z.object({ ip_address: z.string() })).nullish(),
});
export const manyInterfaces = z.object({ interfaceAttachments: z.array(interfaceResult) });

export type NovaInterface = z.infer<typeof interfaceResult>;
