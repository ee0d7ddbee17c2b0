import { createHmac, timingSafeEqual } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { isBoundedJson } from '../tools/bounded-json.ts';
import { type HeartbeatMessage, readMessage } from './message.ts';

/** Why a datagram is not a heartbeat. */
export const BAD_DATAGRAMS = ['too-short', 'bad-mac', 'bad-stream', 'too-large', 'bad-json', 'bad-shape'] as const;
export type BadDatagram = (typeof BAD_DATAGRAMS)[number];

/** Bytes of a MAC: hexadecimal text today, the bare digest of old amphorae. */
const HEX_MAC = 64;
const RAW_MAC = 32;

/** Bytes of a message: that of some 4,000 members. */
const MESSAGE_LIMIT = 262_144;
/** Bytes that are inflated at a time. Most messages have less; Node's default of 16 KiB is allocated for each and freed again. */
const CHUNK = 2_048;
/** A message holds listeners, their pools and members, each by its id: no agent sends a list. */
const BOUNDS = { levels: 8, values: 20_000, lists: false };

const carries = (mac: Uint8Array, expected: Uint8Array): boolean =>
  mac.length === expected.length && timingSafeEqual(mac, expected);

/** The part of a datagram that a key has signed. */
export interface Signed {
  readonly stream: Uint8Array;
  /** Which of the keys it was. */
  readonly by: number;
}

/** True for a datagram too short to have a MAC and something before it. */
export const isTooShort = (datagram: Uint8Array): boolean => datagram.length <= RAW_MAC;

/** The compressed part of a datagram, a zlib stream, if one of the keys has signed it; else null. */
export const signedPart = (datagram: Uint8Array, keys: readonly string[]): Signed | null => {
  for (const [by, key] of keys.entries()) {
    const stream = datagram.subarray(0, -HEX_MAC);
    const hex = createHmac('sha256', key).update(stream).digest('hex');
    if (carries(datagram.subarray(-HEX_MAC), Buffer.from(hex))) return { stream, by };
  }
  for (const [by, key] of keys.entries()) {
    const stream = datagram.subarray(0, -RAW_MAC);
    if (carries(datagram.subarray(-RAW_MAC), createHmac('sha256', key).update(stream).digest())) return { stream, by };
  }
  return null;
};

const inflate = (stream: Uint8Array): Buffer | BadDatagram => {
  try {
    return inflateSync(stream, { maxOutputLength: MESSAGE_LIMIT, chunkSize: CHUNK });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'bad-stream';
  }
};

const parse = (text: string): { readonly json: unknown } | null => {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return null;
  }
};

/** The message in what a key has signed; nothing else is inflated. */
export const readSigned = ({ stream }: Signed): HeartbeatMessage | BadDatagram => {
  const inflated = inflate(stream);
  if (typeof inflated === 'string') return inflated;
  if (!isBoundedJson(inflated, BOUNDS)) return 'bad-shape';
  const parsed = parse(inflated.toString('utf8'));
  if (parsed === null) return 'bad-json';
  return readMessage(parsed.json) ?? 'bad-shape';
};
