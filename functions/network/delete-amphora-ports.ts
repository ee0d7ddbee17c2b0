import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import type { ExternalResource } from '../../lib/models/external-resource.ts';
import { portNameOf } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { deleteResource } from '../../lib/steps/delete-resource.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { allEnded } from '../../lib/tools/all-ended.ts';

type Ports = Pick<NetworkDriver, 'deletePort' | 'findPorts'>;

const idsOf = async (network: Ports, { network_id, name }: ExternalResource): Promise<readonly string[]> =>
  network_id === null ? [] : (await network.findPorts(portNameOf(name), network_id)).map(({ id }) => id);

/** Deletes every port the worker made for the amphora: the base port and the member ports. Gone is a success. */
export const deleteAmphoraPorts =
  (network: Ports) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const owned = await listResources({ loadbalancer_id: flow.loadbalancer_id, amphora_id: amphoraId });
    const ports = owned.filter(({ kind }) => kind === 'port');
    await allEnded(
      ports.map((port) =>
        deleteResource(flow, {
          resource: port,
          recorded: [port.resource_id],
          find: () => idsOf(network, port),
          remove: (id) => network.deletePort(id),
        }),
      ),
    );
    return undefined;
  };

export const handler = task({
  name: 'DeleteAmphoraPorts',
  input: amphoraInput,
  drivers: networkDriver,
  run: ({ amphora_id }, { flow }, drivers) => deleteAmphoraPorts(drivers)(amphora_id, flow),
});
