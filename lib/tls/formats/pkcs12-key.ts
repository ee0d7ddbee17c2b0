import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Block and output of SHA-1, the one digest of the encryption schemes that derive keys this way. */
const BLOCK = 64;

/** Rounds in one go, some 5 ms: other requests of the process run in between. */
const ROUNDS_AT_ONCE = 5_000;

/** What a derived text is for. */
export const KEY = 1;
export const IV = 2;

/** Repeated up to whole blocks; nothing stays nothing. */
const fill = (bytes: Uint8Array): Buffer => Buffer.alloc(Math.ceil(bytes.length / BLOCK) * BLOCK, bytes);

/** block = block + addend + 1, as big-endian numbers, the overflow dropped. */
const add = (block: Buffer, addend: Buffer): void => {
  let carry = 1;
  for (let i = BLOCK - 1; i >= 0; i -= 1) {
    const sum = (block[i] ?? 0) + (addend[i] ?? 0) + carry;
    block[i] = sum & 0xff;
    carry = sum >>> 8;
  }
};

export interface KeyWish {
  /** As PKCS#12 wants it: UTF-16, big-endian, with a zero at the end. */
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly purpose: typeof KEY | typeof IV;
  /** Bytes. */
  readonly length: number;
}

/** The key derivation of PKCS#12 (RFC 7292, appendix B.2) with SHA-1. */
export const derivePkcs12Key = async ({ password, salt, iterations, purpose, length }: KeyWish): Promise<Buffer> => {
  const diversifier = Buffer.alloc(BLOCK, purpose);
  const input = Buffer.concat([fill(salt), fill(password)]);
  const parts: Buffer[] = [];
  for (let made = 0; made < length; ) {
    let part = hash('sha1', Buffer.concat([diversifier, input]), 'buffer');
    for (let i = 1; i < iterations; i += 1) {
      if (i % ROUNDS_AT_ONCE === 0) await nextTurn();
      part = hash('sha1', part, 'buffer');
    }
    parts.push(part);
    made += part.length;
    const addend = fill(part).subarray(0, BLOCK);
    for (let start = 0; start < input.length; start += BLOCK) add(input.subarray(start, start + BLOCK), addend);
  }
  return Buffer.concat(parts).subarray(0, length);
};
