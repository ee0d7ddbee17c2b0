import { certificateDriver } from '../../lib/drivers/certificate/index.ts';
import { type AmphoraServer, amphoraServer } from '../../lib/drivers/compute/amphora-server.ts';
import type { ComputeDriver, Server } from '../../lib/drivers/compute/compute-driver.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { imageDriver } from '../../lib/drivers/image/index.ts';
import type { Amphora } from '../../lib/models/amphora.ts';
import type { ExternalResource } from '../../lib/models/external-resource.ts';
import { type LoadBalancer, NO_AMPHORA_OPTIONS, Topology } from '../../lib/models/load-balancer.ts';
import { serverName } from '../../lib/models/names.ts';
import type { FlowInput } from '../../lib/models/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { getAmphora, updateAmphora } from '../../lib/repositories/amphorae.ts';
import { listResources, noteResourceId, recordIntent } from '../../lib/repositories/external-resources.ts';
import { findLoadBalancer } from '../../lib/repositories/load-balancers.ts';
import { noteMade } from '../../lib/task/note-made.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { poll } from '../../lib/task/poll.ts';
import { task } from '../../lib/task/task.ts';

/** A former attempt may still be waiting for Nova's answer: its server appears within this time, or was never asked for. */
const FORMER_ATTEMPT = { budgetMs: 5_000, intervalMs: 500 };

export interface ComputeCreateDrivers {
  readonly compute: ComputeDriver;
  /** Everything Nova must be told, null for a spare; holds a private key and stays inside this call. */
  readonly describe: (
    amphora: Amphora,
    portIds: readonly string[],
    loadBalancer: LoadBalancer | null,
  ) => Promise<AmphoraServer>;
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
  ({ compute, describe }: ComputeCreateDrivers) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const [amphora, owned, loadBalancer] = await Promise.all([
      getAmphora(amphoraId, flow.loadbalancer_id),
      listResources({ loadbalancer_id: flow.loadbalancer_id, amphora_id: amphoraId }),
      flow.loadbalancer_id === null ? null : findLoadBalancer(flow.loadbalancer_id),
    ]);
    if (amphora.compute_id !== null) return undefined;
    const resource = {
      kind: 'server' as const,
      name: serverName(amphoraId),
      network_id: null,
      loadbalancer_id: flow.loadbalancer_id,
      amphora_id: amphoraId,
    };
    const [intent, wanted] = await Promise.all([
      recordIntent(flow, resource),
      describe(amphora, portsInOrder(amphora, owned), loadBalancer),
    ]);
    const former = intent === 'known' ? await poll(FORMER_ATTEMPT, () => findOne(compute, resource.name)) : null;
    const adopt = async ({ id }: Server, files: Pick<Amphora, 'cert_issuer' | 'agent_config'>): Promise<void> => {
      const facts = {
        ...files,
        compute_id: id,
        cert_expiration: wanted.certificate.expiresAt,
        image_id: wanted.spec.imageId,
        compute_flavor: wanted.spec.flavorId,
        status: AmphoraStatus.BOOTING,
      };
      await updateAmphora(flow, amphoraId, facts, [noteResourceId(resource, id)]);
    };
    if (former !== null) {
      // It has the files of that attempt.
      await adopt(former, { cert_issuer: null, agent_config: null });
      return undefined;
    }
    const server = await compute.createServer(wanted.spec);
    const takeBack = () => compute.deleteServer(server.id);
    const files = { cert_issuer: wanted.certificate.issuer, agent_config: wanted.agentConfig };
    await noteMade({ resource, id: server.id, takeBack }, () => adopt(server, files));
    return undefined;
  };

export const handler = task({
  name: 'ComputeCreate',
  input: amphoraInput,
  create: () => {
    const drivers = { images: imageDriver(), certificates: certificateDriver() };
    const run = computeCreate({
      compute: computeDriver(),
      describe: (amphora, portIds, loadBalancer) =>
        amphoraServer(drivers, {
          amphoraId: amphora.id,
          topology: loadBalancer?.topology ?? Topology.SINGLE,
          portIds,
          serverGroupId: loadBalancer?.server_group_id ?? null,
          options: loadBalancer?.amphora_options ?? NO_AMPHORA_OPTIONS,
        }),
    });
    return ({ amphora_id }, { flow }) => run(amphora_id, flow);
  },
});
