import { networkDriver } from '../../lib/drivers/network/index.ts';
import type { NetworkDriver } from '../../lib/drivers/network/network-driver.ts';
import type { ExternalResource } from '../../lib/models/external-resource.ts';
import { portNameOf } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { forgetResource, listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { allEnded } from '../../lib/tools/all-ended.ts';

type Ports = Pick<NetworkDriver, 'deletePort' | 'findPorts'>;

/** The port by its id in the ledger, and all others of its name: an attempt that died may have asked for one more. */
const deletePorts = async (network: Ports, { resource_id, network_id, name }: ExternalResource): Promise<void> => {
  const others = async (): Promise<void> => {
    if (network_id === null) return;
    const found = await network.findPorts(portNameOf(name), network_id);
    const ids = found.map(({ id }) => id).filter((id) => id !== resource_id);
    await allEnded(ids.map((id) => network.deletePort(id)));
  };
  await allEnded([resource_id === null ? null : network.deletePort(resource_id), others()]);
};

/** Deletes every port the worker made for the amphora: the base port and the member ports. Gone is a success. */
export const deleteAmphoraPorts =
  (network: Ports) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const owned = await listResources({ loadbalancer_id: flow.loadbalancer_id, amphora_id: amphoraId });
    const ports = owned.filter(({ kind }) => kind === 'port');
    await allEnded(
      ports.map(async (port) => {
        await deletePorts(network, port);
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
