import { randomUUID } from 'node:crypto';
import type { Server } from '../../../../lib/drivers/compute/compute-driver.ts';
import { CloudResourceNotFoundError } from '../../../../lib/errors/cloud.ts';

export const aServer = (changes: Partial<Server> = {}): Server => ({
  id: randomUUID(),
  name: 'amphora',
  status: 'BUILD',
  fault: null,
  availabilityZone: 'nova',
  imageId: null,
  flavorId: null,
  ...changes,
});

/** Servers in memory; deleting takes effect at once. */
export const fakeServers = (given: readonly Server[] = []) => {
  const servers = new Map(given.map((server) => [server.id, server]));
  const calls: string[] = [];
  return {
    servers,
    calls,
    createServer: async ({ name }: { readonly name: string }): Promise<Server> => {
      calls.push(`createServer ${name}`);
      const server = aServer({ name });
      servers.set(server.id, server);
      return server;
    },
    findServers: async (name: string): Promise<readonly Server[]> => {
      calls.push(`findServers ${name}`);
      return [...servers.values()].filter((server) => server.name === name);
    },
    getServer: async (id: string): Promise<Server> => {
      calls.push(`getServer ${id}`);
      const server = servers.get(id);
      if (server === undefined) throw new CloudResourceNotFoundError('server', id);
      return server;
    },
    deleteServer: async (id: string): Promise<void> => {
      calls.push(`deleteServer ${id}`);
      servers.delete(id);
    },
  };
};
