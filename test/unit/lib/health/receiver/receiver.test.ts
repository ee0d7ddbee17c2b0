import { createHmac } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findHeartbeat } from '../../../../../lib/repositories/health/heartbeats.ts';
import { readStatistics } from '../../../../../lib/repositories/health/statistics.ts';
import { useTable } from '../../../../helpers/table.ts';
import { storedSpare } from '../../repositories/support/stored.ts';
import { heartbeatOf, openReceiver, seal, statusesIn, untouched, type Watched, watched, zero } from './support.ts';

beforeAll(useTable);

let open: Awaited<ReturnType<typeof openReceiver>> | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});
const opened = async (options: Parameters<typeof openReceiver>[0] = {}) => {
  open = await openReceiver(options);
  return open;
};

const well = { whole: 'ONLINE', listener: 'ONLINE', pool: 'ONLINE', member: 'ONLINE' };

describe('a heartbeat', () => {
  it('turns what it speaks of ONLINE, and is counted', async () => {
    const site = await watched();
    const { send, receiver } = await opened();
    expect(await statusesIn(site)).toEqual(untouched);
    await send(seal(heartbeatOf(site, 0)));
    await expect.poll(() => statusesIn(site)).toEqual(well);
    await expect.poll(() => receiver.counts().accepted).toBe(1);
    expect(await findHeartbeat(String(site.amphoraIds[0]))).toMatchObject({
      sequence: 0,
      zone: 'nova',
      listeners: null,
    });
  });

  it('reports a member that dies and comes back', async () => {
    const site = await watched();
    const { send } = await opened();
    await send(seal(heartbeatOf(site, 0)));
    await expect.poll(() => statusesIn(site)).toEqual(well);
    await send(seal(heartbeatOf(site, 1, { member: 'DOWN' })));
    const down = { whole: 'DEGRADED', listener: 'ONLINE', pool: 'DEGRADED', member: 'ERROR' };
    await expect.poll(() => statusesIn(site)).toEqual(down);
    await send(seal(heartbeatOf(site, 2)));
    await expect.poll(() => statusesIn(site)).toEqual(well);
  });

  it('adds what was counted, once', async () => {
    const site = await watched();
    const { send, counted } = await opened();
    const stats = { tx: 100, rx: 10, conns: 3, totconns: 5, ereq: 1 };
    const first = seal(heartbeatOf(site, 0, { stats }));
    for (const datagram of [first, first, seal(heartbeatOf(site, 1, { stats })), seal(heartbeatOf(site, 2))])
      await send(datagram);
    await expect.poll(counted).toBe(4);
    expect(await readStatistics(site.loadBalancer.id)).toEqual([
      {
        loadbalancer_id: site.loadBalancer.id,
        listener_id: site.ids.listener,
        amphora_id: site.amphoraIds[0],
        bytes_in: 20,
        bytes_out: 200,
        active_connections: 0,
        total_connections: 10,
        request_errors: 2,
      },
    ]);
  });

  it('of an old agent carries totals', async () => {
    const site = await watched();
    const { send, counted } = await opened();
    for (const [seq, totconns] of [5, 9].entries()) {
      await send(seal({ ...heartbeatOf(site, seq, { stats: { ...zero, totconns } }), ver: 2 }));
    }
    await expect.poll(counted).toBe(2);
    expect(await readStatistics(site.loadBalancer.id)).toMatchObject([{ total_connections: 9 }]);
  });

  it('that reports too few listeners is no sign of life, and still reports the others', async () => {
    const site = await watched();
    const { send } = await opened();
    await send(seal(heartbeatOf(site, 0)));
    await expect.poll(() => statusesIn(site)).toEqual(well);
    const before = await findHeartbeat(String(site.amphoraIds[0]));
    await send(seal({ ...heartbeatOf(site, 1), listeners: {} }));
    await expect.poll(async () => (await statusesIn(site)).listener).toBe('ERROR');
    expect(await findHeartbeat(String(site.amphoraIds[0]))).toMatchObject({
      sequence: 1,
      well_at: before?.well_at,
      listeners: { reported: 0, expected: 1 },
    });
  });
});

describe('a heartbeat without any report of haproxy', () => {
  const empty = ({ amphoraIds: [id] }: Watched, seq: number) => seal({ id, seq, listeners: {}, pools: {}, ver: 3 });

  it('changes no status, is no sign of life, and the next one with a report counts', async () => {
    const site = await watched();
    const { send, counted } = await opened();
    await send(seal(heartbeatOf(site, 0)));
    await expect.poll(() => statusesIn(site)).toEqual(well);
    const before = await findHeartbeat(String(site.amphoraIds[0]));
    await send(empty(site, 1));
    await send(empty(site, 2));
    await expect.poll(counted).toBe(3);
    expect(await statusesIn(site)).toEqual(well);
    expect(await findHeartbeat(String(site.amphoraIds[0]))).toMatchObject({ sequence: 2, well_at: before?.well_at });
    await send(seal(heartbeatOf(site, 3, { member: 'DOWN' })));
    await expect.poll(async () => (await statusesIn(site)).member).toBe('ERROR');
  });

  it('counts when haproxy does not answer for HEARTBEAT_TIMEOUT', async () => {
    const site = await watched();
    const { send } = await opened({ timeoutMs: 200 });
    await send(seal(heartbeatOf(site, 0)));
    await expect.poll(() => statusesIn(site)).toEqual(well);
    let sequence = 0;
    const status = async () => {
      await send(empty(site, ++sequence));
      const { listener, pool } = await statusesIn(site);
      return { listener, pool };
    };
    await expect.poll(status).toEqual({ listener: 'ERROR', pool: 'OFFLINE' });
    expect(sequence).toBeGreaterThan(2);
  });
});

describe('a spare that was taken', () => {
  it('speaks of its load balancer with its next heartbeat', async () => {
    const spareId = await storedSpare();
    const { send, counted } = await opened();
    await send(seal({ id: spareId, seq: 0, listeners: {}, pools: {}, ver: 3 }));
    await expect.poll(counted).toBe(1);
    expect(await findHeartbeat(spareId)).toMatchObject({ loadbalancer_id: null, sequence: 0 });
    const site = await watched([], {}, spareId);
    await send(seal(heartbeatOf(site, 1)));
    await expect.poll(() => statusesIn(site)).toEqual(well);
    expect(await findHeartbeat(spareId)).toMatchObject({ loadbalancer_id: site.loadBalancer.id, sequence: 1 });
  });
});

describe('trap 37: two amphorae', () => {
  /** The member's status after a word of one of them. */
  const speaking = async () => {
    const site = await watched([{ role: 'MASTER' }, { role: 'BACKUP' }], { topology: 'ACTIVE_STANDBY' });
    const { send, counted } = await opened();
    return async (seq: number, amphora: number, member: string) => {
      const before = counted();
      await send(seal(heartbeatOf(site, seq, { amphora, member })));
      await expect.poll(counted).toBe(before + 1);
      return (await statusesIn(site)).member;
    };
  };

  it('of which one finds the member dead keep it in ERROR, until both find it well', async () => {
    const say = await speaking();
    expect(await say(0, 0, 'UP')).toBe('ONLINE');
    expect(await say(0, 1, 'DOWN')).toBe('ERROR');
    expect(await say(1, 0, 'UP 1/3')).toBe('ERROR');
    expect(await say(1, 1, 'UP')).toBe('ONLINE');
  });

  it('of which one takes back what it said do not take back what the other one says', async () => {
    const say = await speaking();
    expect(await say(0, 0, 'UP')).toBe('ONLINE');
    expect(await say(0, 1, 'DOWN')).toBe('ERROR');
    expect(await say(1, 0, 'DOWN')).toBe('ERROR');
    expect(await say(1, 1, 'UP')).toBe('ERROR');
    expect(await say(2, 0, 'UP')).toBe('ONLINE');
  });
});

describe('a datagram that is not a good one', () => {
  it('is counted by its reason, crashes nothing and changes no status', async () => {
    const site = await watched();
    const early = await watched([{ status: 'BOOTING' }]);
    const gone = await watched([{ status: 'DELETED' }]);
    const { send, from, receiver, counted, raised } = await opened();
    const signed = (stream: Buffer) =>
      Buffer.concat([stream, Buffer.from(createHmac('sha256', 'the key').update(stream).digest('hex'))]);
    const elsewhere = await from('127.0.0.2');
    const good = heartbeatOf(site, 0);
    const bad: readonly Buffer[] = [
      ...[0, 1, 31, 32].map((length) => Buffer.alloc(length)),
      ...[33, 64, 65, 500, 1_400].map((length) => Buffer.alloc(length, 7)),
      seal(good, 'another key'),
      seal(good).subarray(1),
      signed(Buffer.from('no zlib')),
      signed(deflateSync(Buffer.alloc(8 * 1024 * 1024))),
      signed(deflateSync('{')),
      seal([good]),
      seal({ ...good, seq: 'one' }),
      seal({ ...good, listeners: { [site.ids.listener]: { status: 1, stats: zero } } }),
      seal({ ...good, id: crypto.randomUUID() }),
      seal(heartbeatOf(early, 0)),
      seal(heartbeatOf(gone, 0)),
    ];
    for (const datagram of bad) await send(datagram);
    await send(seal(good), elsewhere);
    await expect.poll(counted).toBe(bad.length + 1);
    expect(receiver.counts()).toMatchObject({
      accepted: 0,
      'too-short': 4,
      'bad-mac': 0,
      'bad-stream': 1,
      'too-large': 1,
      'bad-json': 1,
      'bad-shape': 3,
      // Seven of them are of an address at which there is no amphora yet.
      unknown: 8,
      early: 1,
      zombie: 1,
      'wrong-source': 1,
    });
    for (const one of [site, early, gone]) expect(await statusesIn(one)).toEqual(untouched);
    expect(await findHeartbeat(String(site.amphoraIds[0]))).toBeNull();
    expect(raised).toMatchObject([{ reason: 'ZOMBIE', amphora_id: gone.amphoraIds[0] }]);
    await send(seal(good));
    await expect.poll(() => statusesIn(site)).toEqual(well);
  });

  it('is refused when it was there before, also by another receiver', async () => {
    const site = await watched();
    const { send, receiver, counted } = await opened();
    await send(seal(heartbeatOf(site, 7)));
    await expect.poll(() => statusesIn(site)).toEqual(well);
    const other = await openReceiver();
    try {
      const replayed = [seal(heartbeatOf(site, 7, { member: 'DOWN' })), seal(heartbeatOf(site, 3, { member: 'DOWN' }))];
      for (const datagram of replayed) {
        await send(datagram);
        await other.send(datagram);
      }
      await expect.poll(counted).toBe(3);
      await expect.poll(other.counted).toBe(2);
      expect(receiver.counts()).toMatchObject({ accepted: 1, replay: 2 });
      expect(other.receiver.counts()).toMatchObject({ replay: 2 });
      expect(await statusesIn(site)).toEqual(well);
    } finally {
      await other.close();
    }
  });

  it('trap 17: is ignored as a whole when it is handled an interval after it came', async () => {
    const site = await watched();
    let clock = Date.now();
    const { send, receiver, counted } = await opened({ now: () => (clock += 10_000) });
    await send(seal(heartbeatOf(site, 0)));
    await expect.poll(counted).toBe(1);
    expect(receiver.counts()).toMatchObject({ late: 1 });
    expect(await statusesIn(site)).toEqual(untouched);
  });

  it('makes way for newer ones when more come than can be handled', async () => {
    const site = await watched();
    const { send, receiver, counted } = await opened({ queueLimit: 32, readAtOnce: 40 });
    const datagrams = Array.from({ length: 40 }, (_, seq) => seal(heartbeatOf(site, seq)));
    await Promise.all(datagrams.map((datagram) => send(datagram)));
    await expect.poll(counted).toBe(40);
    expect(receiver.counts().dropped).toBeGreaterThan(0);
    expect(await findHeartbeat(String(site.amphoraIds[0]))).toMatchObject({ sequence: 39 });
  });
});
