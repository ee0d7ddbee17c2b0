import type { Socket } from 'node:dgram';
import { hostname } from 'node:os';
import { ConfigurationError } from '../../errors/configuration.ts';
import { detectionConfig, receiverConfig } from '../../settings/config.ts';
import { secretIdOf } from '../../settings/secret.ts';
import { logger } from '../../tools/logger.ts';
import { createRaise } from './raise-alarms.ts';
import { type RunningReceiver, startReceiver } from './receiver.ts';

/** A receiver reads no secret. The name of one, taken for the key, would have every heartbeat refused. */
const keyItself = (setting: string, key: string): string => {
  if (secretIdOf(key) === null) return key;
  throw new ConfigurationError(setting, 'must be the key itself, is the name of a secret');
};

/** The keys that heartbeats may be signed with, the current one first. */
const keysOf = ({ heartbeatKey, heartbeatPreviousKey }: ReturnType<typeof receiverConfig>): readonly string[] => [
  keyItself('HEARTBEAT_KEY', heartbeatKey),
  ...(heartbeatPreviousKey === null ? [] : [keyItself('HEARTBEAT_PREVIOUS_KEY', heartbeatPreviousKey)]),
];

/** Receives heartbeats on a socket, as the settings say. @throws ConfigurationError */
export const receiveHeartbeats = (socket: Socket): RunningReceiver => {
  const receiver = receiverConfig();
  const detection = detectionConfig();
  const { port } = socket.address();
  return startReceiver({
    id: `${hostname()}:${port}`,
    socket,
    keys: keysOf(receiver),
    intervalMs: detection.heartbeatInterval * 1000,
    missedHeartbeats: detection.missedHeartbeats,
    timeoutMs: detection.heartbeatTimeout * 1000,
    checkMs: detection.checkInterval * 1000,
    thresholds: { atLeast: detection.failoverThreshold, percent: detection.failoverThresholdPercent },
    receivers: detection.controllerIpPortList.length,
    queueLimit: receiver.queueLimit,
    raise: createRaise(),
    log: logger,
  });
};
