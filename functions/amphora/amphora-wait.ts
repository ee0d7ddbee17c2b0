import * as z from 'zod';
import type { AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import type { ComputeDriver, Server } from '../../lib/drivers/compute/compute-driver.ts';
import { computeDriver } from '../../lib/drivers/compute/index.ts';
import { AmphoraNotReadyError, AmphoraUnreachableError, ComputeBuildError } from '../../lib/errors/cloud.ts';
import type { AmphoraFacts } from '../../lib/models/objects/amphora.ts';
import { managementNetworks, NO_AMPHORA_OPTIONS } from '../../lib/models/objects/load-balancer.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { AmphoraStatus } from '../../lib/models/statuses.ts';
import { getAmphoraAt, updateAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { putSource } from '../../lib/repositories/health/heartbeat-sources.ts';
import { expectHeartbeat } from '../../lib/repositories/health/heartbeats.ts';
import { findLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { computeConfig, detectionConfig } from '../../lib/settings/config.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';
import { poll } from '../../lib/tools/poll.ts';

/** One invocation looks closely for a while; the flow's retries make the long wait of it. */
const BUDGET_MS = 20_000;
const INTERVAL_MS = 200;

export interface AmphoraWaitDrivers {
  readonly compute: Pick<ComputeDriver, 'getServer' | 'listInterfaces'>;
  readonly amphora: Pick<AmphoraDriver, 'getDetails'>;
  /** Management networks of the settings, in order of preference; empty: the server's first interface. */
  readonly bootNetworks: readonly string[];
  /** Where amphorae send their heartbeats. */
  readonly receivers: readonly string[];
}

/**
 * Waits until Nova calls the server ACTIVE and its agent answers over mutual TLS; then the amphora is ALLOCATED.
 * @param wasUp it has been up before: its agent is looked at once
 * @throws AmphoraNotReadyError not yet: ask again
 * @throws ComputeBuildError Nova gave up; its own words inside
 * @throws AmphoraIdentityError something else answers at the amphora's address
 */
export const amphoraWait = ({ compute, amphora: agents, bootNetworks, receivers }: AmphoraWaitDrivers) => {
  const managementAddress = async (serverId: string, { loadbalancer_id }: FlowInput): Promise<string | null> => {
    const [interfaces, loadBalancer] = await Promise.all([
      compute.listInterfaces(serverId),
      loadbalancer_id === null ? null : findLoadBalancer(loadbalancer_id),
    ]);
    const networks = managementNetworks(loadBalancer?.amphora_options ?? NO_AMPHORA_OPTIONS, bootNetworks);
    const own = interfaces.find((candidate) => networks.includes(candidate.networkId));
    return (networks.length === 0 ? interfaces[0] : own)?.ipAddresses[0] ?? null;
  };

  const activeServer = async (serverId: string): Promise<Server | null> => {
    const server = await compute.getServer(serverId);
    if (server.status === 'ERROR' || server.status === 'DELETED') {
      throw new ComputeBuildError(`Server ${serverId} is ${server.status}: ${server.fault ?? 'Nova gives no reason'}`, {
        resource: 'server',
        resourceId: serverId,
      });
    }
    return server.status === 'ACTIVE' ? server : null;
  };

  const factsOf = async (amphoraId: string, lbNetworkIp: string): Promise<AmphoraFacts | null> => {
    try {
      const details = await agents.getDetails({ amphoraId, lbNetworkIp });
      return {
        haproxy_version: details.haproxyVersion,
        cpu_count: details.cpuCount,
        memory: details.memory,
        active_tuned_profiles: details.activeTunedProfiles,
      };
    } catch (error) {
      if (error instanceof AmphoraUnreachableError) return null;
      throw error;
    }
  };

  return async (amphoraId: string, flow: FlowInput, wasUp = false): Promise<undefined> => {
    const amphora = await getAmphoraAt(amphoraId, flow.loadbalancer_id);
    const serverId = amphora.compute_id;
    if (serverId === null) throw new AmphoraNotReadyError(`Amphora ${amphoraId} has no server yet.`);
    const until = Date.now() + (wasUp ? 0 : BUDGET_MS);
    let address = amphora.lb_network_ip;
    if (address === null) {
      const server = await poll({ budgetMs: BUDGET_MS, intervalMs: INTERVAL_MS }, () => activeServer(serverId));
      address = server === null ? null : await managementAddress(serverId, flow);
      if (server === null || address === null) {
        throw new AmphoraNotReadyError(`Server ${serverId} of amphora ${amphoraId} is not ACTIVE with an address yet.`);
      }
      await updateAmphora(flow, amphoraId, { lb_network_ip: address, cached_zone: server.availabilityZone });
    }
    const agent = address;
    const left = { budgetMs: until - Date.now(), intervalMs: INTERVAL_MS };
    const facts = await poll(left, () => factsOf(amphoraId, agent));
    if (facts === null) {
      throw new AmphoraNotReadyError(`The agent of amphora ${amphoraId} at ${agent} does not answer yet.`, {
        resource: 'amphora',
        resourceId: amphoraId,
      });
    }
    const { cached_zone: zone } = await getAmphoraAt(amphoraId, flow.loadbalancer_id);
    const since = new Date().toISOString();
    const heartbeat = expectHeartbeat({ amphora_id: amphoraId, loadbalancer_id: flow.loadbalancer_id, zone }, since);
    // An amphora that never sends a heartbeat counts as stale as well; without receivers none is awaited.
    const rows = receivers.length === 0 ? [] : [heartbeat, putSource(agent, amphoraId)];
    await updateAmphora(flow, amphoraId, { status: AmphoraStatus.ALLOCATED, facts }, rows);
    return undefined;
  };
};

export const handler = task({
  name: 'AmphoraWait',
  input: amphoraInput.extend({ was_up: z.boolean().default(false) }),
  drivers: () => ({
    compute: computeDriver(),
    amphora: amphoraDriver(),
    bootNetworks: computeConfig().ampBootNetworkList,
    receivers: detectionConfig().controllerIpPortList,
  }),
  run: ({ amphora_id, was_up }, { flow }, drivers) => amphoraWait(drivers)(amphora_id, flow, was_up),
});
