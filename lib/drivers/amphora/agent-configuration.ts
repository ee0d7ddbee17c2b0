import { createHmac, scrypt } from 'node:crypto';
import { renderAgentConfig } from '../../amphora/agent-config.ts';
import { agentConfigFor } from '../../amphora/agent-settings.ts';
import { healthConfig, tableConfig } from '../../config.ts';
import type { Topology } from '../../models/load-balancer.ts';

/**
 * The configuration file of one amphora's agent, by the settings as they are now. Holds the heartbeat key: never logged.
 * @throws ConfigurationError
 */
export const agentConfiguration = (amphoraId: string, topology: Topology): string =>
  renderAgentConfig(agentConfigFor(amphoraId, topology));

const KEY_BYTES = 32;
/** Part of the mark: amphorae that were told the shared key itself are told again. */
const KEY_SCHEME = 'a key of its own';

const derive = (key: string, salt: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(key, salt, KEY_BYTES, (error, derived) => (error === null ? resolve(derived) : reject(error)));
  });

const derivedKeys = new Map<string, Promise<Buffer>>();

/**
 * Tells apart what agents are told of their heartbeats, by the settings as they are now: the key, the interval and the
 * receivers, which its API can change. Says nothing of the key, and a guess at it costs as much as a guess
 * at a password: some 40 ms, while a heartbeat that was listened to takes a microsecond.
 * @throws ConfigurationError
 */
export const agentConfigurationMark = async (): Promise<string> => {
  const { heartbeatKey, heartbeatInterval, controllerIpPortList } = healthConfig();
  const derived = derivedKeys.get(heartbeatKey) ?? derive(heartbeatKey, `${tableConfig().tableName} heartbeats`);
  derivedKeys.set(heartbeatKey, derived);
  const told = JSON.stringify([heartbeatInterval, controllerIpPortList, KEY_SCHEME]);
  return createHmac('sha256', await derived)
    .update(told)
    .digest('base64url');
};
