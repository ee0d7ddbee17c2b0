import { renderAgentConfig } from '../../amphora/agent-config.ts';
import { agentConfigFor } from '../../amphora/agent-settings.ts';
import type { Topology } from '../../models/load-balancer.ts';

/**
 * The configuration file of one amphora's agent, by the settings as they are now. Holds the heartbeat key: never logged.
 * @throws ConfigurationError
 */
export const agentConfiguration = (amphoraId: string, topology: Topology): string =>
  renderAgentConfig(agentConfigFor(amphoraId, topology));
