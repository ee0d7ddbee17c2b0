import { amphoraConfig, healthConfig } from '../config.ts';
import { amphoraKeyOf } from '../models/heartbeat-key.ts';
import type { AgentConfig, AgentTopology } from './agent-config.ts';

/** What the configuration of one amphora's agent says, by the worker's settings. @throws ConfigurationError */
export const agentConfigFor = (amphoraId: string, topology: AgentTopology): AgentConfig => ({
  ...amphoraConfig(),
  ...healthConfig(),
  heartbeatKey: amphoraKeyOf(healthConfig().heartbeatKey, amphoraId),
  amphoraId,
  topology,
});
