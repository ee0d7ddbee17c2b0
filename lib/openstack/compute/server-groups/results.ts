import * as z from 'zod';

export const serverGroupResult = z.object({ id: z.string(), name: z.string() });
export const oneServerGroup = z.object({ server_group: serverGroupResult });
export const manyServerGroups = z.object({ server_groups: z.array(serverGroupResult) });

export type NovaServerGroup = z.infer<typeof serverGroupResult>;
