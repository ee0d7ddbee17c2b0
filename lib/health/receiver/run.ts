import { receiverConfig } from '../../settings/config.ts';
import { logger } from '../../tools/logger.ts';
import { bindSocket } from './bind-socket.ts';
import { serveHealth } from './health-endpoint.ts';
import { receiveHeartbeats } from './heartbeat-receiver.ts';

/** Receives heartbeats until a signal ends it. */

const { bindIp, bindPort, healthPort, sockRlimit } = receiverConfig();
const socket = await bindSocket(bindIp, bindPort, sockRlimit);
const receiver = receiveHeartbeats(socket);
const health = healthPort === 0 ? null : await serveHealth(bindIp, healthPort, receiver.hears);
logger.info('receiving heartbeats', { address: bindIp, port: socket.address().port });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // A load balancer stops sending to a receiver whose health endpoint is closed.
    health?.close();
    receiver.stop().then(() => process.exit(0));
  });
}
