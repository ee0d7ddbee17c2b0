import type { Socket } from 'node:dgram';
import { hostname } from 'node:os';
import { detectionConfig, receiverConfig } from '../config.ts';
import { logger } from '../logger.ts';
import { createRaise } from './receiver/raise-alarms.ts';
import { type RunningReceiver, startReceiver } from './receiver/receiver.ts';

/** Receives heartbeats on a socket, as the settings say. @throws ConfigurationError */
export const receiveHeartbeats = (socket: Socket): RunningReceiver => {
  const receiver = receiverConfig();
  const detection = detectionConfig();
  const { port } = socket.address();
  return startReceiver({
    id: `${hostname()}:${port}`,
    socket,
    keys: [receiver.heartbeatKey, ...(receiver.heartbeatPreviousKey === null ? [] : [receiver.heartbeatPreviousKey])],
    intervalMs: detection.heartbeatInterval * 1000,
    missedBeats: detection.missedBeats,
    timeoutMs: detection.heartbeatTimeout * 1000,
    checkMs: detection.checkInterval * 1000,
    thresholds: { atLeast: detection.failoverThreshold, percent: detection.failoverThresholdPercent },
    receivers: detection.controllerIpPortList.length,
    queueLimit: receiver.queueLimit,
    raise: createRaise(),
    log: logger,
  });
};
