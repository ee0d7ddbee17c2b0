import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { amphoraKeyOf } from '../../../lib/models/heartbeat-key.ts';
import { seal } from '../../unit/lib/health/receiver/support.ts';
import { type Attack, PAUSE_MS, type Target } from './target.ts';

/** Datagrams at a time, ten times a second. */
const BURST = 30;

/** Readers of events that send a request and never read; some with a forged token or place. */
export const deafReaders: Attack = async ({ host, port, aliceToken }, signal) => {
  const sockets: Socket[] = [];
  const end = (): void => {
    for (const socket of sockets.splice(0)) socket.destroy();
  };
  while (!signal.aborted) {
    end();
    for (const [token, place] of [
      [aliceToken, '0'],
      [aliceToken, '1'],
      [aliceToken, '99999999999999999'],
      ['forged', '0'],
      [aliceToken.toLowerCase(), '0'],
    ]) {
      const socket = createConnection({ host, port });
      // A kill ends it; the next round opens another.
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(
        `GET /events HTTP/1.1\r\nhost: ${host}:${port}\r\nx-auth-token: ${token}\r\nlast-event-id: ${place}\r\n\r\n`,
      );
      sockets.push(socket);
    }
    await wait(5_000, undefined, { signal }).catch(() => undefined);
  }
  end();
};

const amphoraeShape = z.object({
  amphorae: z.array(
    z.object({ id: z.string(), compute_id: z.string().nullable(), lb_network_ip: z.string().nullable() }),
  ),
});

const amphoraOf = async ({ admin, tally, hostileId }: Target) => {
  const answer = await tally.call(admin, 'GET', `/v2.0/octavia/amphorae?loadbalancer_id=${hostileId}`);
  return answer?.status === 200 ? (amphoraeShape.parse(answer.body).amphorae[0] ?? null) : null;
};

/** Heartbeats of a hostile amphora: a replay of old ones, of others' ids, and ones that inflate to much. */
export const heartbeats: Attack = async (target, signal) => {
  const { host, port, heartbeatKey } = target;
  while (!signal.aborted) {
    const amphora = await amphoraOf(target);
    if (amphora === null || amphora.lb_network_ip === null) {
      await wait(PAUSE_MS);
      continue;
    }
    const key = amphoraKeyOf(heartbeatKey, amphora.id);
    const empty = { listeners: {}, pools: {}, ver: 3 };
    const bomb = seal({ ...empty, id: amphora.id, seq: 1, x: Array.from({ length: 5_000 }, () => []) }, key);
    const socket = createSocket('udp4');
    socket.on('error', () => undefined);
    socket.bind(0, amphora.lb_network_ip);
    await once(socket, 'listening');
    for (let burst = 0; burst < 100 && !signal.aborted; burst += 1) {
      for (let count = 0; count < BURST; count += 1) {
        const id = count % 3 === 0 ? amphora.id : crypto.randomUUID();
        const datagram = count % 10 === 0 ? bomb : seal({ ...empty, id, seq: burst * BURST + count }, key);
        socket.send(datagram, port + 6, host, () => undefined);
      }
      await wait(100);
    }
    socket.close();
  }
};
