import { createSocket, type Socket } from 'node:dgram';
import { type Amphora, vrrpConfigPath } from './amphora.ts';
import { createReporter } from './health-message.ts';

/** The sender of one amphora's heartbeats. */
export interface Heartbeats {
  /** First one at once, then every interval; called again it follows changed settings. */
  start(): void;
  stop(): void;
}

const endpoint = (controller: string): { readonly host: string; readonly port: number } => {
  const colon = controller.lastIndexOf(':');
  return { host: controller.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(controller.slice(colon + 1)) };
};

/** Withheld while keepalived should run and does not. */
const mustBeSilent = (amphora: Amphora): boolean =>
  amphora.files.exists(vrrpConfigPath(amphora)) && !amphora.memory.vrrp_started;

/** @param address of the amphora in the management network: receivers take its heartbeats from there only */
export const createHeartbeats = (amphora: Amphora, address: string, log: (line: string) => void): Heartbeats => {
  const report = createReporter(amphora);
  let socket: Socket | null = null;
  let timer: NodeJS.Timeout | null = null;
  let turn = 0;

  const heartbeat = async (): Promise<void> => {
    const { controllers } = amphora.settings();
    const controller = controllers[turn % controllers.length];
    if (controller === undefined || mustBeSilent(amphora)) return;
    turn += 1;
    const datagram = await report();
    const { host, port } = endpoint(controller);
    // A heartbeat is not acknowledged.
    socket?.send(datagram, port, host, () => undefined);
  };

  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    socket?.close();
    socket = null;
  };

  return {
    stop,
    start: () => {
      stop();
      const { controllers, heartbeatInterval } = amphora.settings();
      if (controllers.length === 0) return;
      socket = createSocket(controllers[0]?.startsWith('[') ? 'udp6' : 'udp4');
      socket.on('error', () => undefined);
      socket.bind(0, address);
      const run = (): void =>
        void heartbeat().catch((error: unknown) => log(`heartbeat of ${amphora.serverId}: ${String(error)}`));
      timer = setInterval(run, heartbeatInterval * 1000);
      run();
    },
  };
};
