import { randomBytes } from 'node:crypto';
import type { RemoteInfo, Socket } from 'node:dgram';
import type { Receiver } from '../../models/health.ts';
import { putReceiver } from '../../repositories/health/receivers.ts';
import { outageOf } from '../../repositories/table/outage.ts';
import { createCounts, type Outcome } from '../counters.ts';
import type { Arrival } from '../hearing/arrival.ts';
import { createHandleHeartbeat } from '../hearing/handle-heartbeat.ts';
import { createHearDatagram } from '../hearing/hear-datagram.ts';
import { createKnownAmphorae } from '../hearing/known-amphorae.ts';
import { metricsOf } from './metrics.ts';
import { createReceiverHealth } from './receiver-health.ts';
import { createSweep, type Detection, RECEIVER_WORD_MS, type SweepResult } from './sweep.ts';

export interface ReceiverOptions extends Detection {
  readonly id: string;
  /** Bound already. */
  readonly socket: Socket;
  /** The current key first. */
  readonly keys: readonly string[];
  /** Heartbeats that may wait. */
  readonly queueLimit: number;
  /** Datagrams that an address may have read at once. @default 20 */
  readonly readAtOnce?: number;
  readonly log: {
    info(text: string, facts: Readonly<Record<string, unknown>>): void;
    warn(text: string, facts: Readonly<Record<string, unknown>>): void;
  };
  /** @default the clock */
  readonly now?: () => number;
}

export interface RunningReceiver {
  readonly counts: () => Readonly<Record<Outcome, number>>;
  /** Heartbeats since the start with another key than the amphora's own by the current key. */
  readonly previousKey: () => number;
  /** Handles what has come in, and sweeps for stale amphorae at once. */
  check(): Promise<SweepResult | null>;
  /** False while it cannot receive, or not record what it receives. */
  hears(): boolean;
  stop(): Promise<void>;
}

/** Without a heartbeat for so long an amphora is forgotten. */
const FORGET_MS = 3_600_000;
const NONCE_BYTES = 16;
/** What a socket sends to itself takes no longer than this. */
const ECHO_MS = 1_000;
/** Heartbeats in a row that cannot be handled, from which on it is the table and not the heartbeat. */
const OUTAGE = 10;

/** Where a socket reaches itself. */
const ownAddress = (socket: Socket): { readonly address: string; readonly port: number } => {
  const { address, port } = socket.address();
  return { address: address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address, port };
};

/** Receives heartbeats until it is stopped: opens, counts and handles them, and sweeps for stale amphorae. */
export const startReceiver = (options: ReceiverOptions): RunningReceiver => {
  const { socket, keys, intervalMs, timeoutMs, checkMs, log, now = Date.now } = options;
  const counts = createCounts(now);
  const receiverHealth = createReceiverHealth(now);
  const known = createKnownAmphorae(now, intervalMs, keys);
  const handleHeartbeat = createHandleHeartbeat({ now, intervalMs, timeoutMs, known });
  const startedAt = new Date(now()).toISOString();
  const zombies = new Map<string, number>();

  /** A server that should be gone is reported once a minute. */
  const reportZombie = async ({ message }: Arrival): Promise<void> => {
    const { amphoraId: amphora_id } = message;
    if ((zombies.get(amphora_id) ?? 0) > now() - 60_000) return;
    zombies.set(amphora_id, now());
    const nothing = { loadbalancer_id: null, zone: null, heard_at: null, well_at: null, stale: true };
    await options.raise([{ ...nothing, amphora_id, reason: 'ZOMBIE' }]);
  };

  let failures = 0;
  const attempt = async (address: string, work: () => Promise<Outcome>): Promise<void> => {
    try {
      counts.add(await work());
      failures = 0;
      receiverHealth.works('table');
    } catch (error) {
      counts.add('unwritten');
      // A heartbeat that can never be written says nothing of the table.
      if (outageOf(error) !== null) failures += 1;
      if (failures >= OUTAGE) receiverHealth.failed('table');
      log.warn('heartbeat handling failed', { address, error: String(error) });
    }
  };

  /** Heartbeats with another key than the current one, whatever became of them. */
  let signedBefore = 0;
  const handle = async (arrival: Arrival): Promise<Outcome> => {
    if (arrival.formerKey) signedBefore += 1;
    const outcome = await handleHeartbeat(arrival);
    if (outcome === 'zombie') await reportZombie(arrival);
    return outcome;
  };
  const hearing = createHearDatagram({
    keys,
    known,
    now,
    intervalMs,
    queueLimit: options.queueLimit,
    readAtOnce: options.readAtOnce,
    handle,
    counts,
    attempt,
  });
  let nonce: Buffer | null = null;
  let sentAt = 0;
  /** If its own test heartbeat does not come back, it receives nothing. */
  const testSocket = (): void => {
    if (nonce !== null) {
      if (performance.now() - sentAt < ECHO_MS) return;
      receiverHealth.failed('socket');
    }
    nonce = randomBytes(NONCE_BYTES);
    sentAt = performance.now();
    const { address, port } = ownAddress(socket);
    socket.send(nonce, port, address, () => undefined);
  };

  const onMessage = (datagram: Buffer, { address }: RemoteInfo): void => {
    if (nonce !== null && datagram.length === NONCE_BYTES && datagram.equals(nonce)) {
      nonce = null;
      receiverHealth.works('socket');
      return;
    }
    hearing.hear(datagram, address);
  };
  const onError = (error: Error): void => {
    receiverHealth.failed('socket');
    log.warn('socket failed', { error: String(error) });
  };
  socket.on('message', onMessage);
  socket.on('error', onError);

  const look = createSweep({ ...options, receiverId: options.id, now, receiverHealth, known });
  let lastLook: SweepResult | null = null;
  const sweep = async (): Promise<SweepResult | null> => {
    testSocket();
    try {
      const result = await look();
      lastLook = result;
      receiverHealth.works('table');
      if (result === null) return null;
      if (result.refusal !== null)
        log.warn('raising alarms failed; the next sweep retries it', { reason: result.refusal });
      if (result.raised + result.storms.length > 0) log.warn('stale amphorae', { ...result });
      return result;
    } catch (error) {
      receiverHealth.failed('table');
      log.warn('sweep for stale amphorae failed', { error: String(error) });
      return null;
    }
  };

  const word = async (): Promise<void> => {
    const healthySince = receiverHealth.healthySince();
    const heard = known.heardSince(now() - timeoutMs);
    const receiver: Receiver = {
      id: options.id,
      started_at: startedAt,
      seen_at: new Date(now()).toISOString(),
      healthy_since: healthySince === null ? null : new Date(healthySince).toISOString(),
      amphorae: [...heard.values()].reduce((sum, count) => sum + count, 0),
      datagrams: counts.totals(),
      dropped_at: counts.droppedAt(),
      previous_key: signedBefore,
    };
    known.forgetOlder(now() - FORGET_MS);
    for (const [id, at] of zombies) if (at < now() - FORGET_MS) zombies.delete(id);
    log.info('heartbeats', metricsOf(receiver, lastLook, now()));
    await putReceiver(receiver).catch(() => receiverHealth.failed('table'));
  };

  let sweeping: Promise<unknown> = Promise.resolve();
  let busy = false;
  const sweepTimer = setInterval(() => {
    if (busy) return;
    busy = true;
    sweeping = sweep().finally(() => {
      busy = false;
    });
  }, checkMs);
  let saying = word();
  const wordTimer = setInterval(() => {
    saying = word();
  }, RECEIVER_WORD_MS);

  return {
    counts: counts.totals,
    hears: () => receiverHealth.healthySince() !== null,
    previousKey: () => signedBefore,
    check: async () => {
      await hearing.idle();
      return await sweep();
    },
    stop: async () => {
      clearInterval(sweepTimer);
      clearInterval(wordTimer);
      socket.off('message', onMessage);
      await Promise.allSettled([sweeping, saying, hearing.idle()]);
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
};
