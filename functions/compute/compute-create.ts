import { certificateDriver } from '../../lib/drivers/certificate/index.ts';
import type { ComputeDriver, Server } from '../../lib/drivers/compute/compute-driver.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { imageDriver } from '../../lib/drivers/image/index.ts';
import { unlessLost } from '../../lib/errors/lost.ts';
import type { ExternalResource } from '../../lib/models/external-resource.ts';
import { serverName } from '../../lib/models/names.ts';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { type LoadBalancer, NO_AMPHORA_OPTIONS, Topology } from '../../lib/models/objects/load-balancer.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { listResources } from '../../lib/repositories/cloud/external-resources.ts';
import { getAmphoraAt, updateAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { findLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { type AmphoraServer, amphoraServer } from '../../lib/steps/amphora/amphora-server.ts';
import { ensureResource } from '../../lib/steps/ensure-resource.ts';
import { ensureServerGroup, serverGroupPolicy } from '../../lib/steps/server-group.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { poll } from '../../lib/tools/poll.ts';

/** A former attempt may still be waiting for Nova's answer: its server appears within this time, or was never asked for. */
const FORMER_ATTEMPT = { budgetMs: 5_000, intervalMs: 500 };

export interface ComputeCreateDrivers {
  readonly compute: ComputeDriver;
  /** The whole input of Nova's request, null for a spare; holds a private key and stays inside this call. */
  readonly describe: (
    amphora: Amphora,
    portIds: readonly string[],
    loadBalancer: LoadBalancer | null,
  ) => Promise<AmphoraServer>;
  /** Makes the load balancer's server group again; null where the settings ask for none by now. */
  readonly regroup: (flow: FlowInput) => Promise<string | null>;
}

/** The base port first, then those in members' networks. */
const portsInOrder = ({ vrrp_port_id }: Amphora, owned: readonly ExternalResource[]): readonly string[] => {
  if (vrrp_port_id === null) return [];
  const ports = owned.flatMap(({ kind, resource_id }) =>
    kind === 'port' && resource_id !== null ? [resource_id] : [],
  );
  return [vrrp_port_id, ...ports.filter((id) => id !== vrrp_port_id)];
};

const findOne = async (compute: ComputeDriver, name: string): Promise<Server | null> =>
  (await compute.findServers(name))[0] ?? null;

/** Asks Nova for the amphora's server, once, whatever dies in between; does not wait for it. */
export const computeCreate =
  ({ compute, describe, regroup }: ComputeCreateDrivers) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const [amphora, owned, loadBalancer] = await Promise.all([
      getAmphoraAt(amphoraId, flow.loadbalancer_id),
      listResources({ loadbalancer_id: flow.loadbalancer_id, amphora_id: amphoraId }),
      flow.loadbalancer_id === null ? null : findLoadBalancer(flow.loadbalancer_id),
    ]);
    if (amphora.compute_id !== null) return undefined;
    const name = serverName(amphoraId);
    const { spec, certificate, agentConfig } = await describe(amphora, portsInOrder(amphora, owned), loadBalancer);
    const create = (serverGroupId: string | null) => compute.createServer({ ...spec, serverGroupId });
    await ensureResource<Server>(flow, {
      resource: {
        kind: 'server',
        name,
        network_id: null,
        loadbalancer_id: flow.loadbalancer_id,
        amphora_id: amphoraId,
      },
      find: () => poll(FORMER_ATTEMPT, () => findOne(compute, name)),
      create: () =>
        unlessLost(
          { resource: 'server group', id: spec.serverGroupId },
          () => create(spec.serverGroupId),
          async () => create(await regroup(flow)),
        ),
      remove: (server) => compute.deleteServer(server.id),
      record: async ({ id }, ledger, created) => {
        const facts = {
          // One that an earlier attempt asked for has the files of that attempt.
          cert_issuer: created ? certificate.issuer : null,
          agent_config: created ? agentConfig : null,
          compute_id: id,
          cert_expiration: certificate.expiresAt,
          image_id: spec.imageId,
          compute_flavor: spec.flavorId,
          status: AmphoraStatus.BOOTING,
        };
        await updateAmphora(flow, amphoraId, facts, [ledger]);
      },
    });
    return undefined;
  };

export const handler = task({
  name: 'ComputeCreate',
  input: amphoraInput,
  drivers: (): ComputeCreateDrivers => {
    const drivers = { images: imageDriver(), certificates: certificateDriver() };
    const compute = computeDriver();
    return {
      compute,
      regroup: (flow) =>
        ensureServerGroup({ compute, policy: serverGroupPolicy() }, flow, String(flow.loadbalancer_id)),
      describe: (amphora, portIds, loadBalancer) =>
        amphoraServer(drivers, {
          amphoraId: amphora.id,
          topology: loadBalancer?.topology ?? Topology.SINGLE,
          portIds,
          serverGroupId: loadBalancer?.server_group_id ?? null,
          options: loadBalancer?.amphora_options ?? NO_AMPHORA_OPTIONS,
        }),
    };
  },
  run: ({ amphora_id }, { flow }, drivers) => computeCreate(drivers)(amphora_id, flow),
});
