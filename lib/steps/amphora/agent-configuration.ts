import { createHmac, scrypt } from 'node:crypto';
import { renderAgentConfig } from '../../amphora/agent-config.ts';
import { agentConfigFor } from '../../amphora/agent-settings.ts';
import { type HeartbeatSettings, heartbeatSettings } from '../../amphora/heartbeat-settings.ts';
import type { Topology } from '../../models/objects/load-balancer.ts';
import { tableConfig } from '../../settings/config.ts';

const KEY_BYTES = 32;
/** Part of the mark: amphorae that were given the shared key itself are updated. */
const KEY_SCHEME = 'a key of its own';

const derive = (key: string, salt: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(key, salt, KEY_BYTES, (error, derived) => (error === null ? resolve(derived) : reject(error)));
  });

const derivedKeys = new Map<string, Promise<Buffer>>();

const markOf = async ({
  heartbeatKey,
  heartbeatInterval,
  controllerIpPortList,
}: HeartbeatSettings): Promise<string> => {
  const derived = derivedKeys.get(heartbeatKey) ?? derive(heartbeatKey, `${tableConfig().tableName} heartbeats`);
  derivedKeys.set(heartbeatKey, derived);
  const told = JSON.stringify([heartbeatInterval, controllerIpPortList, KEY_SCHEME]);
  return createHmac('sha256', await derived)
    .update(told)
    .digest('base64url');
};

/**
 * Distinguishes the heartbeat settings of agents, by the settings as they are now: the key, the interval and the
 * receivers, which its API can change. Says nothing of the key, and a guess at it costs as much as a guess at a
 * password: some 40 ms, while a heartbeat that was listened to takes a microsecond.
 * @throws ConfigurationError
 * @throws CloudUnavailableError the key is in a secret that cannot be read now
 */
export const agentConfigurationMark = async (): Promise<string> => await markOf(await heartbeatSettings());

export interface AgentConfiguration {
  /** The text of amphora-agent.conf. Holds the amphora's heartbeat key: never logged. */
  readonly file: string;
  /** The mark of what the file says. */
  readonly mark: string;
}

/**
 * The configuration file of one amphora's agent, by the settings as they are now. File and mark are of one reading of the
 * key: with the mark of a newer key than its file, an amphora would keep the old one.
 * @throws ConfigurationError
 * @throws CloudUnavailableError the key is in a secret that cannot be read now
 */
export const agentConfiguration = async (amphoraId: string, topology: Topology): Promise<AgentConfiguration> => {
  const heartbeats = await heartbeatSettings();
  const file = renderAgentConfig(agentConfigFor(amphoraId, topology, heartbeats));
  return { file, mark: await markOf(heartbeats) };
};
