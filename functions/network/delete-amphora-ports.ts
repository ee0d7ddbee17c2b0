import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import type { ExternalResource } from '../../lib/models/external-resource.ts';
import { portNameOf } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { forgetResource, listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

type Ports = Pick<NetworkDriver, 'deletePort' | 'findPort'>;

const portId = async (network: Ports, { resource_id, network_id, name }: ExternalResource): Promise<string | null> => {
  if (resource_id !== null) return resource_id;
  return network_id === null ? null : ((await network.findPort(portNameOf(name), network_id))?.id ?? null);
};

/** Deletes every port the worker made for the amphora: the base port and the member ports. Gone is a success. */
export const deleteAmphoraPorts =
  (network: Ports) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const owned = await listResources({ loadbalancer_id: flow.loadbalancer_id, amphora_id: amphoraId });
    const ports = owned.filter(({ kind }) => kind === 'port');
    await Promise.all(
      ports.map(async (port) => {
        const id = await portId(network, port);
        if (id !== null) await network.deletePort(id);
        await forgetResource(flow, port);
      }),
    );
    return undefined;
  };

export const handler = task({
  name: 'DeleteAmphoraPorts',
  input: amphoraInput,
  drivers: networkDriver,
  run: ({ amphora_id }, { flow }, drivers) => deleteAmphoraPorts(drivers)(amphora_id, flow),
});
