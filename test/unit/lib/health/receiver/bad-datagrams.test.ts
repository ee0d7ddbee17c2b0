import { createHmac } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { setTimeout as wait } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { OUTCOMES, type Outcome } from '../../../../../lib/health/counters.ts';
import { findHeartbeat } from '../../../../../lib/repositories/health/heartbeats.ts';
import { useTable } from '../../../../helpers/table.ts';
import { heartbeatOf, KEY, openReceiver, seal, statusesIn, type Watched, watched, zero } from './support.ts';

beforeAll(useTable);

/** A datagram, and what must become of it. */
interface Bad {
  readonly datagram: Uint8Array;
  readonly outcome: Outcome;
  /** Sent from another address than the amphora's. */
  readonly foreign?: boolean;
}

const SEQUENCE = 1_000;
/** The largest that UDP over IPv4 carries. */
const LARGEST = 65_507;
const MIB = 1024 * 1024;

const signed = (stream: Uint8Array, form: 'hex' | 'bare' = 'hex'): Buffer => {
  const mac = createHmac('sha256', KEY).update(stream);
  return Buffer.concat([stream, form === 'hex' ? Buffer.from(mac.digest('hex')) : mac.digest()]);
};
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const bombs = [2, 16, 48].map((size) => deflateSync(Buffer.alloc(size * MIB + 1)));

/** Values that no field of a heartbeat may have; a member's status is a text, and so is not among them. */
const wrong = fc.oneof(
  fc.constantFrom(null, true, -1, 0.5, 1e300, [], [1]),
  fc.string().map((text) => [text]),
);

/** Bad datagrams of every kind that there is. Whichever was believed would change a status: they say that all is down. */
const bad = (site: Watched): fc.Arbitrary<Bad> => {
  const down = (sequence: number) => heartbeatOf(site, sequence, { member: 'DOWN' });
  const good = seal(down(SEQUENCE + 1));
  const is = (outcome: Outcome) => (datagram: Uint8Array) => ({ datagram, outcome });
  const { listener, pool, member } = site.ids;
  const broken = (value: unknown): readonly object[] => [
    { ...down(SEQUENCE + 1), id: value },
    { ...down(SEQUENCE + 1), seq: value },
    { ...down(SEQUENCE + 1), ver: value },
    { ...down(SEQUENCE + 1), listeners: value },
    { ...down(SEQUENCE + 1), pools: value },
    { ...down(SEQUENCE + 1), listeners: { [listener]: value } },
    { ...down(SEQUENCE + 1), listeners: { [listener]: { status: value, stats: zero } } },
    { ...down(SEQUENCE + 1), listeners: { [listener]: { status: 'OPEN', stats: { ...zero, tx: value } } } },
    { ...down(SEQUENCE + 1), pools: { [pool]: { status: value, members: {} } } },
    { ...down(SEQUENCE + 1), pools: { [pool]: { status: 'DOWN', members: value } } },
    { ...down(SEQUENCE + 1), pools: { [pool]: { status: 'DOWN', members: { [member]: value } } } },
  ];
  return fc.oneof(
    fc.uint8Array({ maxLength: 32 }).map(is('too-short')),
    fc.uint8Array({ minLength: 33, maxLength: 2_000 }).map(is('bad-mac')),
    fc.integer({ min: 33, max: LARGEST }).map((length) => is('bad-mac')(Buffer.alloc(length, length))),
    fc.string().map((text) => is('bad-mac')(seal(down(SEQUENCE + 1), `${text} is no key`))),
    fc.integer({ min: 33, max: good.length - 1 }).map((length) => is('bad-mac')(good.subarray(0, length))),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => is('bad-mac')(Buffer.concat([good, more]))),
    fc.nat(good.length * 8 - 1).map((bit) => {
      const changed = Buffer.from(good);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return is('bad-mac')(changed);
    }),
    fc.constantFrom(...bombs).map((bomb) => is('bad-mac')(Buffer.concat([bomb, Buffer.alloc(64, 'a')]))),
    fc
      .tuple(fc.uint8Array({ maxLength: 500 }), fc.constantFrom('hex' as const, 'bare' as const))
      .filter(([bytes, form]) => bytes.length > 0 || form === 'hex')
      .map(([bytes, form]) => is('bad-stream')(signed(bytes, form))),
    fc
      .integer({ min: 1, max: 100 })
      .map((cut) => is('bad-stream')(signed(deflateSync(JSON.stringify(down(1))).subarray(cut)))),
    fc.constantFrom(...bombs).map((bomb) => is('too-large')(signed(bomb))),
    fc
      .string()
      .filter((text) => !isJson(text) && !text.includes('['))
      .map((text) => is('bad-json')(signed(deflateSync(text)))),
    fc.jsonValue().map((value) => is('bad-shape')(seal(value))),
    wrong.chain((value) => fc.constantFrom(...broken(value))).map((message) => is('bad-shape')(seal(message))),
    fc.uuid().map((id) => is('unknown')(seal({ ...down(SEQUENCE + 1), id }))),
    // One that begins again counts from 0, and after some seconds may do so.
    fc.integer({ min: 100, max: SEQUENCE }).map((sequence) => is('replay')(seal(down(sequence)))),
    fc.constant({ ...is('wrong-source')(good), foreign: true }),
  );
};

describe('bad datagrams', () => {
  it('of any kind and length are counted by their reason, crash nothing, and change no status', async () => {
    const site = await watched();
    const amphora = String(site.amphoraIds[0]);
    const well = { whole: 'ONLINE', listener: 'ONLINE', pool: 'ONLINE', member: 'ONLINE' };
    const { send, from, receiver, counted, raised, close } = await openReceiver({ readAtOnce: 10_000 });
    try {
      const elsewhere = await from('127.0.0.2');
      /** One after the other: what the socket's buffer has no room for is lost without a fault. */
      const deliver = async (datagram: Uint8Array, by?: Socket) => {
        const before = counted();
        await send(datagram, by);
        for (const end = Date.now() + 5_000; counted() === before && Date.now() < end; ) await wait(0);
      };
      await deliver(seal(heartbeatOf(site, SEQUENCE)));
      await expect.poll(() => statusesIn(site)).toEqual(well);
      const heartbeat = await findHeartbeat(amphora);

      const expected = new Map<Outcome, number>([['accepted', 1]]);
      const seed = Date.now() & 0x7fff_ffff;
      const sent = fc.sample(bad(site), { numRuns: 1_500, seed });
      for (const { datagram, outcome, foreign = false } of sent) {
        expected.set(outcome, (expected.get(outcome) ?? 0) + 1);
        await deliver(datagram, foreign ? elsewhere : undefined);
      }
      const zeros = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]));
      expect(receiver.counts(), `seed ${seed}`).toEqual({ ...zeros, ...Object.fromEntries(expected) });
      expect(expected.size).toBe(10);
      expect(await statusesIn(site)).toEqual(well);
      expect(await findHeartbeat(amphora)).toEqual(heartbeat);
      expect(raised).toEqual([]);

      await deliver(seal(heartbeatOf(site, SEQUENCE + 1, { member: 'DOWN' })));
      await expect.poll(async () => (await statusesIn(site)).member).toBe('ERROR');
    } finally {
      await close();
    }
  });
});
