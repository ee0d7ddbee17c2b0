import { setImmediate as turn } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { amphoraKeyOf } from '../../../../../lib/models/heartbeat-key.ts';
import { putSource } from '../../../../../lib/repositories/health/heartbeat-sources.ts';
import { findHeartbeat } from '../../../../../lib/repositories/health/heartbeats.ts';
import { findReport } from '../../../../../lib/repositories/health/reports.ts';
import { client } from '../../../../../lib/repositories/table/client.ts';
import { transact } from '../../../../../lib/repositories/table/transact.ts';
import { useTable } from '../../../../helpers/table.ts';
import { heartbeatOf, KEY, openReceiver, seal, type Watched, watched } from '../receiver/support.ts';

beforeAll(useTable);

let open: Awaited<ReturnType<typeof openReceiver>> | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

const idOf = (site: Watched): string => String(site.amphoraIds[0]);
const own = (site: Watched, key = KEY): string => amphoraKeyOf(key, idOf(site));
const sequenceOf = async (site: Watched): Promise<number | undefined> => (await findHeartbeat(idOf(site)))?.sequence;

/** An amphora at an address of its own, which the table knows, and a socket there. */
const site = async (address: string, options: Parameters<typeof openReceiver>[0] = {}) => {
  open ??= await openReceiver(options);
  const { send, from, receiver } = open;
  const made = await watched([{ lb_network_ip: address }]);
  await transact([putSource(address, idOf(made))]);
  const socket = await from(address);
  return {
    ...made,
    receiver,
    send: async (datagram: Uint8Array) => {
      await send(datagram, socket);
      // The receiver reads in this process: its socket's buffer must not run over.
      await turn();
    },
  };
};

describe('the key of a heartbeat', () => {
  it('is the own one of the amphora that has the address, also before the receiver knows it', async () => {
    const { send, receiver, ...made } = await site('127.0.7.1');
    await send(seal(heartbeatOf(made, 0), own(made)));
    await expect.poll(() => sequenceOf(made)).toBe(0);
    await send(seal(heartbeatOf(made, 1), own(made)));
    await expect.poll(() => sequenceOf(made)).toBe(1);
    expect(await findHeartbeat(idOf(made))).toMatchObject({ former_key: false, own_key: 1 });
    expect(receiver.previousKey()).toBe(0);
  });

  it('is the shared one until the amphora was heard with its own, and never again then, also after a restart', async () => {
    const { send, receiver, ...made } = await site('127.0.7.2');
    await send(seal(heartbeatOf(made, 0)));
    await expect.poll(() => sequenceOf(made)).toBe(0);
    expect(await findHeartbeat(idOf(made))).toMatchObject({ former_key: true });
    await send(seal(heartbeatOf(made, 1), own(made)));
    await expect.poll(() => sequenceOf(made)).toBe(1);
    await send(seal(heartbeatOf(made, 2)));
    await expect.poll(() => receiver.counts()['bad-mac']).toBe(1);

    await open?.close();
    open = await openReceiver();
    await open.send(seal(heartbeatOf(made, 3)), await open.from('127.0.7.2'));
    await expect.poll(() => open?.receiver.counts()['bad-mac']).toBe(1);
    expect(await sequenceOf(made)).toBe(1);
  });

  it('of one amphora signs nothing of another one', async () => {
    const hostile = await site('127.0.7.3');
    const victim = await site('127.0.7.4');
    await hostile.send(seal(heartbeatOf(hostile, 0), own(hostile)));
    await expect.poll(() => sequenceOf(hostile)).toBe(0);
    await hostile.send(seal(heartbeatOf(victim, 0), own(hostile)));
    await expect.poll(() => hostile.receiver.counts()['wrong-source']).toBe(1);
    // From the address of the other one, as a network without port security lets through.
    await victim.send(seal(heartbeatOf(victim, 0), own(hostile)));
    await expect.poll(() => hostile.receiver.counts()['bad-mac']).toBe(1);
    expect(await sequenceOf(victim)).not.toBe(0);
  });

  it('may follow from the previous key of the receivers, and is named then', async () => {
    const { send, receiver, ...made } = await site('127.0.7.5', { keys: [KEY, 'former'] });
    await send(seal(heartbeatOf(made, 0), own(made, 'former')));
    await expect.poll(() => sequenceOf(made)).toBe(0);
    expect(await findHeartbeat(idOf(made))).toMatchObject({ former_key: true, own_key: 0 });
    expect(receiver.previousKey()).toBe(1);
  });
});

describe('a flood', () => {
  it('of one amphora is read as often as an agent sends, and keeps no other waiting', async () => {
    const hostile = await site('127.0.7.6');
    const victim = await site('127.0.7.7');
    for (let sequence = 0; sequence < 500; sequence += 1) {
      await hostile.send(seal(heartbeatOf(hostile, sequence), own(hostile)));
      if (sequence % 100 === 99) await victim.send(seal(heartbeatOf(victim, (sequence - 99) / 100), own(victim)));
    }
    await expect.poll(() => sequenceOf(victim)).toBe(4);
    const counts = hostile.receiver.counts();
    expect(counts.limited).toBeGreaterThan(400);
    expect(hostile.receiver.hears()).toBe(true);
  });

  it('of unknown ids, each with the shared key, drives out no amphora that is known', async () => {
    const victim = await site('127.0.7.8', { queueLimit: 128, readAtOnce: 10_000 });
    await victim.send(seal(heartbeatOf(victim, 0), own(victim)));
    await expect.poll(() => sequenceOf(victim)).toBe(0);
    const stranger = await open?.from('127.0.7.9');
    for (let count = 0; count < 1_000; count += 1) {
      await open?.send(seal({ ...heartbeatOf(victim, count), id: crypto.randomUUID() }), stranger);
      await turn();
    }
    await victim.send(seal(heartbeatOf(victim, 1), own(victim)));
    await expect.poll(() => sequenceOf(victim)).toBe(1);
  });

  it.each([
    ['ValidationException', 400, true],
    ['ProvisionedThroughputExceededException', 400, false],
  ] as const)(
    'of heartbeats that the table refuses with %s %s leaves the receiver hearing: %s',
    async (name, httpStatusCode, hears) => {
      const { send, receiver, ...made } = await site(hears ? '127.0.7.10' : '127.0.7.14', {
        intervalMs: 2_000,
        readAtOnce: 100,
      });
      await send(seal(heartbeatOf(made, 0), own(made)));
      // All of it: its sequence is written before its statuses.
      await expect.poll(() => receiver.counts().accepted).toBe(1);
      const refusal = Object.assign(new Error('refused'), { name, $metadata: { httpStatusCode } });
      const table = vi.spyOn(client(), 'send').mockImplementation(() => Promise.reject(refusal));
      try {
        for (let sequence = 1; sequence <= 12; sequence += 1) {
          await send(seal(heartbeatOf(made, sequence), own(made)));
          await expect.poll(() => receiver.counts().unwritten).toBe(sequence);
        }
        expect(receiver.hears()).toBe(hears);
      } finally {
        table.mockRestore();
      }
    },
  );
});

describe('what a heartbeat costs', () => {
  it('is bounded before it is parsed: lists, depth and size are refused', async () => {
    const { send, receiver, ...made } = await site('127.0.7.11');
    const key = own(made);
    await send(seal({ ...heartbeatOf(made, 0), x: Array.from({ length: 80_000 }, () => []) }, key));
    await expect.poll(() => receiver.counts()['bad-shape']).toBe(1);
    let deep: object = {};
    for (let level = 0; level < 10; level += 1) deep = { deep };
    await send(seal({ ...heartbeatOf(made, 0), deep }, key));
    await expect.poll(() => receiver.counts()['bad-shape']).toBe(2);
    await send(seal({ ...heartbeatOf(made, 0), x: 'x'.repeat(300_000) }, key));
    await expect.poll(() => receiver.counts()['too-large']).toBe(1);
    expect(deflateSync('x'.repeat(300_000)).length).toBeLessThan(1_000);
  });

  it('is bounded in the table: long words are cut, and objects that are not there are left out', async () => {
    open = await openReceiver();
    const made = await watched([{ lb_network_ip: '127.0.7.12' }, { lb_network_ip: '127.0.7.13' }], {
      topology: 'ACTIVE_STANDBY',
    });
    const socket = await open.from('127.0.7.12');
    const { id, ...rest } = heartbeatOf(made, 0, { member: 'U'.repeat(50_000) });
    const invented = Object.fromEntries(
      Array.from({ length: 500 }, () => [crypto.randomUUID(), { status: 'UP', members: {} }]),
    );
    await open.send(seal({ id, ...rest, pools: { ...rest.pools, ...invented } }), socket);
    await expect.poll(() => open?.receiver.counts().accepted).toBe(1);
    const report = await findReport(idOf(made), '2020-01-01T00:00:00.000Z');
    expect(Object.keys(report?.pools ?? {})).toEqual([made.ids.pool]);
    expect(report?.pools[made.ids.pool]?.members).toEqual({ [made.ids.member]: 'U'.repeat(32) });
  });
});
