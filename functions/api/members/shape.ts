import * as z from 'zod';
import { networkId, objectShape } from '../views/shapes.ts';

const port = () => z.int().min(1).max(65_535);

/** A member as GET, PUT and POST show it. */
export const memberShape = z
  .strictObject({
    ...objectShape.shape,
    name: z.string(),
    address: z.string(),
    protocol_port: port(),
    weight: z.int().min(0).max(256),
    backup: z.boolean(),
    subnet_id: networkId().nullable(),
    monitor_address: z.string().nullable(),
    monitor_port: port().nullable(),
    vnic_type: z.enum(['normal', 'direct']),
  })
  .meta({ id: 'Member' });
export type MemberView = z.infer<typeof memberShape>;
