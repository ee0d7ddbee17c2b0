import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isTooShort, readSigned, signedPart } from '../../../../lib/health/datagram.ts';

const KEY = 'deploy-worker-test-key';

const openDatagram = (datagram: Uint8Array, keys: readonly string[]) => {
  const refused = (reason: string) => ({ message: null, refused: reason, formerKey: null });
  if (isTooShort(datagram)) return refused('too-short');
  const signed = signedPart(datagram, keys);
  if (signed === null) return refused('bad-mac');
  const message = readSigned(signed);
  return typeof message === 'string' ? refused(message) : { message, refused: null, formerKey: signed.by > 0 };
};
const LISTENER = 'aaaaaaaa-0000-4000-8000-000000000001';
const POOL = 'bbbbbbbb-0000-4000-8000-000000000001';
const MEMBER = 'cccccccc-0000-4000-8000-000000000001';

const upstream = z
  .record(z.string(), z.object({ current: z.string(), legacy: z.string() }))
  .parse(JSON.parse(readFileSync(new URL('../../../fixtures/heartbeats/datagrams.json', import.meta.url), 'utf8')));

const mac = (stream: Uint8Array, key = KEY): Buffer =>
  Buffer.from(createHmac('sha256', key).update(stream).digest('hex'));
const signed = (stream: Uint8Array, key = KEY): Buffer => Buffer.concat([stream, mac(stream, key)]);
const sealed = (message: unknown, key = KEY): Buffer => signed(deflateSync(JSON.stringify(message)), key);

const heartbeat = {
  id: '11111111-2222-4333-8444-555555555555',
  seq: 7,
  listeners: { [LISTENER]: { status: 'OPEN', stats: { tx: 10, rx: 20, conns: 1, totconns: 2, ereq: 0 } } },
  pools: { [`${POOL}:${LISTENER}`]: { status: 'UP', members: { [MEMBER]: 'UP' } } },
  ver: 3,
};

describe("upstream's own datagrams", () => {
  const cases = Object.entries(upstream).flatMap(([name, { current, legacy }]) => [
    { name: `${name}, hexadecimal MAC`, datagram: current, version: Number(name.match(/\d/)?.[0] ?? 0) },
    { name: `${name}, bare MAC`, datagram: legacy, version: Number(name.match(/\d/)?.[0] ?? 0) },
  ]);

  it.each(cases)('are read the same in every form: $name', ({ datagram, version }) => {
    expect(openDatagram(Buffer.from(datagram, 'hex'), ['another key', KEY])).toEqual({
      message: {
        amphoraId: heartbeat.id,
        sequence: 7,
        version,
        listeners: new Map(Object.entries(heartbeat.listeners)),
        pools: new Map([[POOL, { status: 'UP', members: new Map([[MEMBER, 'UP']]) }]]),
      },
      refused: null,
      formerKey: true,
    });
  });
});

describe('a datagram', () => {
  it('is taken with the previous key as well', () => {
    expect(openDatagram(sealed(heartbeat, 'old'), ['new', 'old'])).toMatchObject({
      message: { sequence: 7 },
      formerKey: true,
    });
    expect(openDatagram(sealed(heartbeat, 'new'), ['new', 'old'])).toMatchObject({ formerKey: false });
    expect(openDatagram(sealed(heartbeat, 'older'), ['new', 'old']).refused).toBe('bad-mac');
  });

  it('keeps the last of two reports of a pool, and the first of two listeners of an old agent', () => {
    const [up, down] = [
      { status: 'UP', members: {} },
      { status: 'DOWN', members: {} },
    ];
    const statusIn = (message: object) => openDatagram(sealed(message), [KEY]).message?.pools.get(POOL)?.status;
    expect(statusIn({ ...heartbeat, pools: { [`${POOL}:a`]: up, [`${POOL}:b`]: down } })).toBe('DOWN');
    const [listener] = Object.values(heartbeat.listeners);
    const listeners = {
      a: { ...listener, pools: { [`${POOL}:a`]: up } },
      b: { ...listener, pools: { [`${POOL}:b`]: down } },
    };
    expect(statusIn({ ...heartbeat, listeners, pools: undefined })).toBe('UP');
  });

  it('is not inflated without a valid signature', () => {
    const bomb = deflateSync(Buffer.alloc(16 * 1024 * 1024));
    expect(openDatagram(Buffer.concat([bomb, Buffer.alloc(64)]), [KEY]).refused).toBe('bad-mac');
  });

  it('is refused by its size when it is a bomb, whatever its signature', () => {
    expect(openDatagram(signed(deflateSync(Buffer.alloc(16 * 1024 * 1024))), [KEY]).refused).toBe('too-large');
  });

  it('of a thousand members is read whole, its status words cut at 32 characters', () => {
    const members = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`member-${at}`, 'UP'.padEnd(40, '!')]),
    );
    const message = { ...heartbeat, pools: { ['p'.repeat(73)]: { status: 'DOWN'.padEnd(40, '!'), members } } };
    const read = openDatagram(sealed(message), [KEY]).message;
    const pool = read?.pools.get('p'.repeat(73));
    expect(pool?.status).toBe('DOWN'.padEnd(32, '!'));
    expect(pool?.members.size).toBe(1_000);
    expect(pool?.members.get('member-999')).toBe('UP'.padEnd(32, '!'));
  });

  it('is refused when it is too short for a MAC', () => {
    for (const length of [0, 1, 31, 32]) expect(openDatagram(Buffer.alloc(length), [KEY]).refused).toBe('too-short');
  });

  it('is refused when what was signed is no zlib stream, or no JSON', () => {
    expect(openDatagram(signed(Buffer.from('plain')), [KEY]).refused).toBe('bad-stream');
    expect(openDatagram(signed(Buffer.alloc(0)), [KEY]).refused).toBe('bad-stream');
    expect(openDatagram(signed(deflateSync('{"id":')), [KEY]).refused).toBe('bad-json');
  });

  const wrong: readonly (readonly [string, unknown])[] = [
    ['null', null],
    ['a list', []],
    ['a number', 7],
    ['no id', { ...heartbeat, id: undefined }],
    ['an id that is no UUID', { ...heartbeat, id: '../../etc' }],
    ['a negative number', { ...heartbeat, seq: -1 }],
    ['a number that is none', { ...heartbeat, seq: '7' }],
    ['a version that is none', { ...heartbeat, ver: '3' }],
    ['listeners that are a list', { ...heartbeat, listeners: [] }],
    ['a listener without counters', { ...heartbeat, listeners: { [LISTENER]: { status: 'OPEN' } } }],
    [
      'counters that go back',
      {
        ...heartbeat,
        listeners: { [LISTENER]: { status: 'OPEN', stats: { tx: -5, rx: 0, conns: 0, totconns: 0, ereq: 0 } } },
      },
    ],
    ['a pool that is a text', { ...heartbeat, pools: { [POOL]: 'UP' } }],
    ['listeners that are null', { ...heartbeat, listeners: null }],
    [
      'a listener id of 74 characters',
      { ...heartbeat, listeners: { ['l'.repeat(74)]: heartbeat.listeners[LISTENER] } },
    ],
    ['a pool id of 74 characters', { ...heartbeat, pools: { ['p'.repeat(74)]: { status: 'UP', members: {} } } }],
    [
      'a member id of 74 characters',
      { ...heartbeat, pools: { [POOL]: { status: 'UP', members: { ['m'.repeat(74)]: 'UP' } } } },
    ],
    ['a member that is a number', { ...heartbeat, pools: { [POOL]: { status: 'UP', members: { [MEMBER]: 1 } } } }],
  ];
  it.each(wrong)('is refused when it holds %s', (_what, message) => {
    expect(openDatagram(sealed(message), [KEY]).refused).toBe('bad-shape');
  });

  it('never throws and is never taken, whatever bytes come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => openDatagram(bytes, [KEY]).message === null),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => openDatagram(signed(bytes), [KEY]).message === null),
      { numRuns: 500 },
    );
  });

  it('is refused when a single bit of it is another', () => {
    const datagram = sealed(heartbeat);
    fc.assert(
      fc.property(fc.nat(datagram.length * 8 - 1), (bit) => {
        const changed = Buffer.from(datagram);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return openDatagram(changed, [KEY]).refused === 'bad-mac';
      }),
      { numRuns: 300 },
    );
  });
});
