import * as z from 'zod';

/** A server as GET /servers/{id} shows it. `image` is an empty text for a server that boots from a volume. */
export const serverResult = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  image: z.union([z.object({ id: z.string() }), z.literal('')]).nullish(),
  flavor: z.object({ id: z.string() }).nullish(),
  fault: z.object({ message: z.string() }).nullish(),
  'OS-EXT-AZ:availability_zone': z.string().nullish(),
});
export const oneServer = z.object({ server: serverResult });
export const manyServers = z.object({ servers: z.array(serverResult) });
/** Answer of POST /servers; its adminPass is not read. */
export const acceptedServer = z.object({ server: z.object({ id: z.string() }) });

export type NovaServer = z.infer<typeof serverResult>;
