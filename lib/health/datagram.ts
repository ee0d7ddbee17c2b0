import { createHmac, timingSafeEqual } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { type HeartbeatMessage, readMessage } from './message.ts';

/** Why a datagram is not a heartbeat. */
export const BAD_DATAGRAMS = ['too-short', 'bad-mac', 'bad-stream', 'too-large', 'bad-json', 'bad-shape'] as const;
export type BadDatagram = (typeof BAD_DATAGRAMS)[number];

export type Opened =
  | {
      readonly message: HeartbeatMessage;
      readonly refused: null;
      /** Signed with another key than the current one. */
      readonly formerKey: boolean;
    }
  | { readonly message: null; readonly refused: BadDatagram };

/** Bytes of a MAC: hexadecimal text today, the bare digest of old amphorae. */
const HEX_MAC = 64;
const RAW_MAC = 32;

/** Bytes of a message; the largest real one, of some thousand members, has a tenth of it. */
const MESSAGE_LIMIT = 2 * 1024 * 1024;

const refuse = (refused: BadDatagram): Opened => ({ message: null, refused });

const carries = (mac: Uint8Array, expected: Uint8Array): boolean =>
  mac.length === expected.length && timingSafeEqual(mac, expected);

interface Signed {
  readonly stream: Uint8Array;
  /** Which of the keys it was. */
  readonly by: number;
}

/** The compressed part of a datagram that one of the keys has signed, or null. */
const signedPart = (datagram: Uint8Array, keys: readonly string[]): Signed | null => {
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
    return inflateSync(stream, { maxOutputLength: MESSAGE_LIMIT });
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

/**
 * Opens what came over the wire: a zlib stream and the MAC over it. Nothing is inflated that no key has signed.
 * @param keys the current one first; the previous one while amphorae still have it
 */
export const openDatagram = (datagram: Uint8Array, keys: readonly string[]): Opened => {
  if (datagram.length <= RAW_MAC) return refuse('too-short');
  const signed = signedPart(datagram, keys);
  if (signed === null) return refuse('bad-mac');
  const inflated = inflate(signed.stream);
  if (typeof inflated === 'string') return refuse(inflated);
  const parsed = parse(inflated.toString('utf8'));
  if (parsed === null) return refuse('bad-json');
  const message = readMessage(parsed.json);
  return message === null ? refuse('bad-shape') : { message, refused: null, formerKey: signed.by > 0 };
};
