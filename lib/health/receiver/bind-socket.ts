import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** Opens the receivers' socket. @param port 0 takes any free one */
export const bindSocket = (address: string, port: number, receiveBuffer = 0): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = createSocket({
      type: isIPv6(address) ? 'udp6' : 'udp4',
      ...(receiveBuffer > 0 && { recvBufferSize: receiveBuffer }),
    });
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
