import { createServer, type Server } from 'node:http';

/**
 * Answers every GET with 200 while it receives, and with 503 while it cannot, for a load balancer in front of it. Fails
 * with the socket's error when the port cannot be had.
 */
export const serveHealth = (address: string, port: number, hears: () => boolean): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((_request, response) => {
      const healthy = hears();
      response.writeHead(healthy ? 200 : 503, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify({ healthy }));
    });
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
