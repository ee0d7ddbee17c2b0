import { receiverConfig } from '../../config.ts';
import { logger } from '../../logger.ts';
import { receiveHeartbeats } from '../heartbeat-receiver.ts';
import { bindSocket } from './bind-socket.ts';

const { bindIp, bindPort, sockRlimit } = receiverConfig();
const socket = await bindSocket(bindIp, bindPort, sockRlimit);
const receiver = receiveHeartbeats(socket);
logger.info('heartbeats are received', { address: bindIp, port: socket.address().port });

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    receiver.stop().then(() => process.exit(0));
  });
}
