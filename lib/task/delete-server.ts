import type { ComputeDriver } from '../drivers/compute/compute-driver.ts';
import { CloudResourceNotFoundError, StillExistsError } from '../errors/cloud.ts';
import { serverName } from '../models/names.ts';
import type { FlowInput } from '../models/operation.ts';
import { forgetResource, listResources } from '../repositories/external-resources.ts';
import { poll } from './poll.ts';

const GONE = { budgetMs: 20_000, intervalMs: 200 };

export type DeletableServers = Pick<ComputeDriver, 'deleteServer' | 'findServer' | 'getServer'>;

const isGone = async (compute: DeletableServers, serverId: string): Promise<true | null> => {
  try {
    const server = await compute.getServer(serverId);
    return server.status === 'DELETED' ? true : null;
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return true;
    throw error;
  }
};

/**
 * Deletes the amphora's server and waits until Nova has let go of it. Its id is in the ledger, or else its name is:
 * then whoever asked for it may have died before the answer came, and it is looked for.
 * @throws StillExistsError not gone yet: ask again
 */
export const deleteAmphoraServer =
  (compute: DeletableServers) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const owned = await listResources({ loadbalancer_id: flow.loadbalancer_id, amphora_id: amphoraId });
    for (const resource of owned.filter(({ kind }) => kind === 'server')) {
      const serverId = resource.resource_id ?? (await compute.findServer(serverName(amphoraId)))?.id;
      if (serverId !== undefined) {
        await compute.deleteServer(serverId);
        if ((await poll(GONE, () => isGone(compute, serverId))) === null) {
          throw new StillExistsError(`Server ${serverId} of amphora ${amphoraId} is still there.`, {
            resource: 'server',
            resourceId: serverId,
          });
        }
      }
      await forgetResource(flow, resource);
    }
    return undefined;
  };
