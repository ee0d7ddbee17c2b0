import { amphoraKeyOf } from '../models/heartbeat-key.ts';
import { amphoraConfig } from '../settings/config.ts';
import type { AgentConfig, AgentTopology } from './agent-config.ts';
import type { HeartbeatSettings } from './heartbeat-settings.ts';

/** What the configuration of one amphora's agent says, by the worker's settings. @throws ConfigurationError */
export const agentConfigFor = (
  amphoraId: string,
  topology: AgentTopology,
  heartbeats: HeartbeatSettings,
): AgentConfig => ({
  ...amphoraConfig(),
  ...heartbeats,
  heartbeatKey: amphoraKeyOf(heartbeats.heartbeatKey, amphoraId),
  amphoraId,
  topology,
});
