import { ControllerWorker } from '../../lib/controller-worker.ts';
import { agentRolloutConfig, healthConfig } from '../../lib/settings/config.ts';
import { agentConfigurationMark } from '../../lib/steps/amphora/agent-configuration.ts';
import { logger } from '../../lib/tools/logger.ts';
import { metricLine } from '../../lib/tools/metric-line.ts';
import { type ConfigRound, updateAgentConfigs } from '../../lib/upkeep/agent-configs.ts';
import { UPKEEP } from '../../lib/upkeep/round.ts';
import { unlessFrozen } from '../../lib/upkeep/unless-frozen.ts';

/** Milliseconds in which updates begin: a minute less than the function's own limit. */
const ROUND_MS = 240_000;

/**
 * Pushes the configuration of agents whose heartbeat key, interval or receivers differ from the settings, a bounded
 * number at a time. Runs every hour. Two runs at the same time do no harm, and the next run continues after a crash.
 */
export const handler = unlessFrozen(async (): Promise<ConfigRound> => {
  const { heartbeatInterval, controllerIpPortList } = healthConfig();
  const done = await updateAgentConfigs({
    worker: new ControllerWorker(UPKEEP),
    mark: await agentConfigurationMark(),
    atOnce: agentRolloutConfig().atOnce,
    receivers: controllerIpPortList.length,
    until: Date.now() + ROUND_MS,
    intervalMs: heartbeatInterval * 1000,
  });
  const counts = {
    AgentConfigsDue: done.due,
    AgentConfigsUpdated: done.updated,
    AgentConfigsFailed: done.failed,
    AgentConfigsLeft: done.left,
    AgentConfigsHalted: Number(done.halted),
    AgentConfigsWithoutReceivers: Number(done.without_receivers),
    AgentsWithFormerKey: done.former_key.length,
  };
  logger.info('agent configurations', metricLine(Date.now(), { Function: 'UpdateAgentConfigs' }, counts));
  return done;
});
