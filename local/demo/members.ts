import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const HEALTH_PATH = '/health';

/** A small web server that answers every request with its name, and says at its health path how it is. */
export interface Member {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** False: the health path answers 503 from now on, and everything else as before. */
  setHealthy(healthy: boolean): void;
  /** Refuses connections from now on, and cuts those it has. */
  stop(): Promise<void>;
}

/** Starts a member on an address of the loopback, on any free port. */
export const startMember = async (name: string, address: string): Promise<Member> => {
  let healthy = true;
  const server = createServer(({ url }, response) => {
    if (url === HEALTH_PATH && !healthy) response.statusCode = 503;
    response.end(name);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound: AddressInfo | string | null = server.address();
  if (bound === null || typeof bound === 'string') throw new Error(`${name} has no address`);
  const { port } = bound;
  return {
    name,
    address,
    port,
    setHealthy: (now) => {
      healthy = now;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
