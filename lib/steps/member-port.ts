import type { NetworkDriver, Port } from '../drivers/network/network-driver.ts';
import { memberPortName } from '../models/names.ts';
import type { Amphora } from '../models/objects/amphora.ts';
import type { FlowInput } from '../models/operations/operation.ts';
import { deleteResource } from './delete-resource.ts';
import { ensureResource } from './ensure-resource.ts';
import { changeSubnets } from './network/member-ports.ts';

type Owner = Pick<Amphora, 'id' | 'load_balancer_id'>;

/** The ledger's entry of a member port; one port for each network, so the network is part of its name there. */
export const memberPort = (amphora: Owner, networkId: string) => ({
  kind: 'port' as const,
  name: `${memberPortName(amphora.id)}@${networkId}`,
  network_id: networkId,
  loadbalancer_id: amphora.load_balancer_id,
  amphora_id: amphora.id,
});

/**
 * The amphora's port in a network of its members, with an address in each of the subnets: found, or made and noted.
 * @throws OperationSuperseded
 */
export const ensureMemberPort = async (
  network: Pick<NetworkDriver, 'findPorts' | 'createPort' | 'deletePort' | 'updatePort'>,
  flow: FlowInput,
  amphora: Owner,
  { networkId, subnetIds }: { readonly networkId: string; readonly subnetIds: readonly string[] },
): Promise<Port> => {
  const resource = memberPort(amphora, networkId);
  const name = memberPortName(amphora.id);
  const port = await ensureResource(flow, {
    resource,
    find: async () => (await network.findPorts(name, networkId))[0] ?? null,
    create: () => {
      const fixedIps = subnetIds.map((subnetId) => ({ subnetId, ipAddress: null }));
      return network.createPort({ name, networkId, fixedIps, adminStateUp: true });
    },
    remove: ({ id }) => network.deletePort(id),
  });
  return await changeSubnets(network, port, subnetIds);
};

/** Deletes the amphora's port in a network, if there is one, and forgets it. @throws OperationSuperseded */
export const dropMemberPort = async (
  network: Pick<NetworkDriver, 'deletePort'>,
  flow: FlowInput,
  amphora: Owner,
  networkId: string,
  port: Port | null,
): Promise<void> => {
  await deleteResource(flow, {
    resource: memberPort(amphora, networkId),
    recorded: [port?.id ?? null],
    // Not by name: a handler that was superseded must not delete the port that its successor has made.
    find: async () => [],
    remove: (id) => network.deletePort(id),
  });
};
