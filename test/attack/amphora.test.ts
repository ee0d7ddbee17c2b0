import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { amphoraKeyOf } from '../../lib/models/heartbeat-key.ts';
import type { Amphora } from '../../lib/models/objects/amphora.ts';
import { useBench } from '../flows/support/bench.ts';
import { seal } from '../unit/lib/health/receiver/support.ts';

const KEY = 'the shared key';
/** Datagrams of the attacker in a second, and seconds that it has been at work when the victim dies. */
const RATE = 1_000;
const HEAD_START_MS = 10_000;
/** An amphora that died is replaced within this time without an attack, too. */
const USUAL_MS = 25_000;

const bench = useBench({
  heartbeats: true,
  settings: { HEARTBEAT_KEY: KEY, HEARTBEAT_INTERVAL: '2', HEALTH_CHECK_INTERVAL: '1', HEARTBEAT_TIMEOUT: '20' },
});

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

const made = async () => {
  const { id } = await bench.created();
  const [amphora] = await bench.amphorae(id);
  if (amphora === undefined) throw new Error('there is no amphora');
  return { id, amphora };
};

const senderAt = async ({ lb_network_ip }: Amphora): Promise<Socket> => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, String(lb_network_ip), resolve));
  sockets.push(socket);
  return socket;
};

const receiver = () => {
  const { heartbeats } = bench.stack();
  if (heartbeats === null) throw new Error('nothing receives heartbeats');
  return heartbeats;
};

/** Sends what the attacker makes, `RATE` times a second, until it is told to stop. */
const attack = (socket: Socket, next: (count: number) => Uint8Array): (() => void) => {
  const [host = '', port = ''] = String(process.env.CONTROLLER_IP_PORT_LIST).split(':');
  let count = 0;
  const timer = setInterval(() => {
    for (let burst = 0; burst < RATE / 100; burst += 1) {
      socket.send(next(count), Number(port), host, () => undefined);
      count += 1;
    }
  }, 10);
  return () => clearInterval(timer);
};

const flows = async (id: string): Promise<readonly string[]> =>
  (await bench.lib().listOperations(id)).map(({ flow, status }) => `${flow} ${status}`);

describe('a taken-over amphora that sends a thousand datagrams a second', () => {
  const message = (id: string, seq: number) => ({ id, seq, listeners: {}, pools: {}, ver: 3 });
  const lists = (count: number): object => ({ x: Array.from({ length: 5_000 }, () => []), count });

  it.each([
    [
      'signed with its own key',
      (amphora: Amphora) => {
        const key = amphoraKeyOf(KEY, amphora.id);
        return (count: number) => seal(message(amphora.id, 1_000_000 + count), key);
      },
    ],
    [
      'of unknown ids, signed with the shared key of a former version',
      () => (count: number) => seal(message(`11111111-2222-4333-8444-${String(count).padStart(12, '0')}`, count), KEY),
    ],
    [
      'that inflate to a hundred times their size',
      (amphora: Amphora) => {
        const bomb = seal({ ...message(amphora.id, 1), ...lists(0) }, amphoraKeyOf(KEY, amphora.id));
        return () => bomb;
      },
    ],
  ])('%s, delays no failover of another tenant and causes none', async (_what, attackOf) => {
    const [hostile, victim, healthy] = [await made(), await made(), await made()];
    const stop = attack(await senderAt(hostile.amphora), attackOf(hostile.amphora));
    try {
      await wait(HEAD_START_MS);
      expect(receiver().hears()).toBe(true);
      await bench.crash(victim.amphora);
      await expect
        .poll(() => flows(victim.id), { timeout: USUAL_MS, interval: 250 })
        .toContain('failover-amphora SUCCEEDED');
      expect(await flows(healthy.id)).toEqual(['create-load-balancer SUCCEEDED']);
    } finally {
      stop();
    }
    for (const { id } of [hostile, victim, healthy]) await (await bench.worker().deleteLoadBalancer(id)).wait();
  });
});
