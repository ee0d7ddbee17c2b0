import { setTimeout as wait } from 'node:timers/promises';
import { bindSocket } from '../../lib/health/receiver/bind-socket.ts';
import { startReceiver } from '../../lib/health/receiver/receiver.ts';
import { KEY } from '../../test/unit/lib/health/receiver/support.ts';
import type { SentHeartbeat } from './amphorae.ts';

/** Between two checks whether all is counted: waiting must not use the receiver's processor time. */
const LOOK_MS = 2;
/** Heartbeats that come in together. */
const BURST = 1_000;

export interface MeasuredReceiver {
  /** Handles them as if the socket handed them over, and waits until all are counted. @throws Error one was not accepted */
  hears(heartbeats: readonly SentHeartbeat[]): Promise<void>;
  stop(): Promise<void>;
}

/** A receiver without sweeps. @param now its clock, ms since 1970 */
export const openReceiver = async (id: string, intervalMs: number, now: () => number): Promise<MeasuredReceiver> => {
  const socket = await bindSocket('127.0.0.1', 0);
  const receiver = startReceiver({
    id,
    socket,
    keys: [KEY],
    intervalMs,
    missedHeartbeats: 2,
    timeoutMs: 60_000,
    checkMs: 3_600_000,
    thresholds: { atLeast: 10, percent: 20 },
    receivers: 1,
    queueLimit: 1_000_000,
    raise: async () => undefined,
    log: { info: () => undefined, warn: (text, facts) => console.error(text, facts) },
    now,
  });
  const counted = (): number => Object.values(receiver.counts()).reduce((sum, count) => sum + count, 0);
  return {
    hears: async (heartbeats) => {
      const until = receiver.counts().accepted + heartbeats.length;
      for (let from = 0; from < heartbeats.length; from += BURST) {
        const burst = heartbeats.slice(from, from + BURST);
        const all = counted() + burst.length;
        for (const { datagram, address } of burst) {
          socket.emit('message', datagram, { address, family: 'IPv4', port: 5555, size: 0 });
        }
        while (counted() < all) await wait(LOOK_MS);
      }
      if (receiver.counts().accepted !== until)
        throw new Error(`not all accepted: ${JSON.stringify(receiver.counts())}`);
    },
    stop: receiver.stop,
  };
};
