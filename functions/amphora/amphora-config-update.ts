import type { AmphoraDriver } from '../../lib/drivers/amphora/amphora-driver.ts';
import { amphoraDriver } from '../../lib/drivers/amphora/index.ts';
import { AmphoraNotReadyError } from '../../lib/errors/cloud.ts';
import { ConfigurationError } from '../../lib/errors/configuration.ts';
import { Topology } from '../../lib/models/objects/load-balancer.ts';
import type { FlowInput } from '../../lib/models/operations/operation.ts';
import { getAmphoraAt, updateAmphora } from '../../lib/repositories/fleet/amphorae.ts';
import { writeSource } from '../../lib/repositories/health/heartbeat-sources.ts';
import { findHeartbeat } from '../../lib/repositories/health/heartbeats.ts';
import { getLoadBalancer } from '../../lib/repositories/objects/load-balancers.ts';
import { healthConfig } from '../../lib/settings/config.ts';
import { agentConfiguration } from '../../lib/steps/amphora/agent-configuration.ts';
import { amphoraInput } from '../../lib/task/parse-input.ts';
import { task } from '../../lib/task/task.ts';

/** An agent that sends heartbeats is not told to send them nowhere: its amphora would become stale. */
const checkReceivers = async (amphoraId: string): Promise<void> => {
  if (healthConfig().controllerIpPortList.length > 0) return;
  const heartbeat = await findHeartbeat(amphoraId);
  if (heartbeat === null || heartbeat.heard_at === null) return;
  throw new ConfigurationError(
    'CONTROLLER_IP_PORT_LIST',
    `is empty, and amphora ${amphoraId} sends heartbeats; its agent keeps its configuration`,
  );
};

/**
 * Replaces the agent's configuration file, with the topology the amphora's load balancer has: another one would take the
 * VIP from keepalived's hands.
 * @throws ConfigurationError no receivers are set, and the amphora sends heartbeats
 */
export const amphoraConfigUpdate =
  (agents: Pick<AmphoraDriver, 'updateAgentConfig'>) =>
  async (amphoraId: string, flow: FlowInput): Promise<undefined> => {
    const [amphora, loadBalancer] = await Promise.all([
      getAmphoraAt(amphoraId, flow.loadbalancer_id),
      flow.loadbalancer_id === null ? null : getLoadBalancer(flow.loadbalancer_id),
    ]);
    const { lb_network_ip: lbNetworkIp } = amphora;
    if (lbNetworkIp === null) throw new AmphoraNotReadyError(`Amphora ${amphoraId} has no management address.`);
    await checkReceivers(amphoraId);
    const { file, mark } = await agentConfiguration(amphoraId, loadBalancer?.topology ?? Topology.SINGLE);
    // First: from the moment its agent has a key of its own, receivers can verify its heartbeats by its address only.
    await writeSource(lbNetworkIp, amphoraId);
    await agents.updateAgentConfig({ amphoraId, lbNetworkIp }, file);
    await updateAmphora(flow, amphoraId, { agent_config: mark });
    return undefined;
  };

export const handler = task({
  name: 'AmphoraConfigUpdate',
  input: amphoraInput,
  drivers: amphoraDriver,
  run: ({ amphora_id }, { flow }, drivers) => amphoraConfigUpdate(drivers)(amphora_id, flow),
});
