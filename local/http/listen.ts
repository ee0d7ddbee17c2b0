import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { refuseForeignHost } from './own-host.ts';

export interface Listening {
  /** `http://host:port` with the port that was really taken. */
  readonly endpoint: string;
  readonly port: number;
  /** Stops accepting, ends open connections, answers when the port is free. */
  stop(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** True where any Host is served: for what asks each caller for a token. @default false */
  readonly anyHost?: boolean;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Starts an HTTP server; fails with the socket's own error (EADDRINUSE, EACCES) when the port cannot be had. */
export const listen = ({ host, port, anyHost = false, handle }: ListenOptions): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      if (anyHost || !refuseForeignHost(request, response, host)) handle(request, response);
    });
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ endpoint: `http://${host}:${taken}`, port: taken, stop: () => close(server) });
    });
  });
