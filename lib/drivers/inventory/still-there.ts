import { CloudResourceNotFoundError } from '../../errors/cloud.ts';
import type { ExternalResource } from '../../models/external-resource.ts';
import { portNameOf } from '../../models/names.ts';
import type { ComputeDriver } from '../compute/compute-driver.ts';
import type { NetworkDriver } from '../network/network-driver.ts';

export interface LookDrivers {
  readonly compute: Pick<ComputeDriver, 'getServer' | 'findServers' | 'findServerGroup'>;
  readonly network: Pick<NetworkDriver, 'getPort' | 'findPorts' | 'getSecurityGroup' | 'findSecurityGroup'>;
}

const found = async (look: () => Promise<unknown>): Promise<boolean> => {
  try {
    return (await look()) !== null;
  } catch (error) {
    if (error instanceof CloudResourceNotFoundError) return false;
    throw error;
  }
};

const server = ({ compute }: LookDrivers, { resource_id, name }: ExternalResource): Promise<boolean> =>
  found(async () => {
    if (resource_id === null) return (await compute.findServers(name))[0] ?? null;
    const { status } = await compute.getServer(resource_id);
    return status === 'DELETED' ? null : status;
  });

const port = ({ network }: LookDrivers, { resource_id, name, network_id }: ExternalResource): Promise<boolean> =>
  found(async () => {
    if (resource_id !== null) return await network.getPort(resource_id);
    return network_id === null ? null : ((await network.findPorts(portNameOf(name), network_id))[0] ?? null);
  });

/**
 * True when something that the ledger names is in the cloud: by its id, or by its name where the id was never learned.
 * @throws CloudUnavailableError @throws CloudCredentialsError @throws CloudRequestError
 */
export const isStillThere = async (drivers: LookDrivers, entry: ExternalResource): Promise<boolean> => {
  const { resource_id, name } = entry;
  switch (entry.kind) {
    case 'server':
      return await server(drivers, entry);
    case 'port':
      return await port(drivers, entry);
    case 'security_group':
      return await found(() =>
        resource_id === null ? drivers.network.findSecurityGroup(name) : drivers.network.getSecurityGroup(resource_id),
      );
    case 'server_group':
      return await found(() => drivers.compute.findServerGroup(name));
  }
};
