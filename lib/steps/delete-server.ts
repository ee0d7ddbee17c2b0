import type { ComputeDriver } from '../drivers/compute/compute-driver.ts';
import { CloudResourceNotFoundError, StillExistsError } from '../errors/cloud.ts';
import { serverName } from '../models/names.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { listResources } from '../repositories/cloud/external-resources.ts';
import { poll } from '../tools/poll.ts';
import { deleteResource } from './delete-resource.ts';

const GONE = { budgetMs: 20_000, intervalMs: 200 };

export type DeletableServers = Pick<ComputeDriver, 'deleteServer' | 'findServers' | 'getServer'>;

const isGone = async (compute: DeletableServers, serverId: string): Promise<true | null> => {
  try {
    const server = await compute.getServer(serverId);
    return server.status === 'DELETED' ? true : null;
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return true;
    throw error;
  }
};

const deleteAndWait = async (compute: DeletableServers, serverId: string, amphoraId: string): Promise<void> => {
  await compute.deleteServer(serverId);
  if ((await poll(GONE, () => isGone(compute, serverId))) !== null) return;
  throw new StillExistsError(`Server ${serverId} of amphora ${amphoraId} is still there.`, {
    resource: 'server',
    resourceId: serverId,
  });
};

/**
 * Deletes the amphora's server, and every other one of its name, and waits until Nova has let go of them.
 * @throws StillExistsError not gone yet: ask again
 */
export const deleteAmphoraServer =
  (compute: DeletableServers) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const owned = await listResources({ loadbalancer_id: flow.loadbalancer_id, amphora_id: amphoraId });
    for (const resource of owned.filter(({ kind }) => kind === 'server')) {
      await deleteResource(flow, {
        resource,
        recorded: [resource.resource_id],
        find: async () => (await compute.findServers(serverName(amphoraId))).map(({ id }) => id),
        remove: (id) => deleteAndWait(compute, id, amphoraId),
      });
    }
    return undefined;
  };
