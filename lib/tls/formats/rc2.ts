const BLOCK = 8;
/** Byte permutation of RFC 2268, section 2: made of the digits of pi. */
const PI_TABLE = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2' +
    '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec' +
    'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9' +
    '0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
);
const ROTATIONS = [1, 2, 3, 5] as const;

const pi = (index: number): number => PI_TABLE[index & 0xff] ?? 0;

/** The 64 words that a key becomes, all of its bits being effective, as in PKCS#12. */
const expand = (key: Uint8Array): Uint16Array => {
  const bytes = new Uint8Array(128);
  const at = (index: number): number => bytes[index] ?? 0;
  bytes.set(key);
  for (let i = key.length; i < 128; i += 1) bytes[i] = pi(at(i - 1) + at(i - key.length));
  bytes[128 - key.length] = pi(at(128 - key.length));
  for (let i = 127 - key.length; i >= 0; i -= 1) bytes[i] = pi(at(i + 1) ^ at(i + key.length));
  return Uint16Array.from({ length: 64 }, (_, i) => at(2 * i) | (at(2 * i + 1) << 8));
};

const decryptBlock = (words: Uint16Array, block: Uint16Array): void => {
  const at = (index: number): number => block[index & 3] ?? 0;
  const word = (index: number): number => words[index & 63] ?? 0;
  for (let round = 15; round >= 0; round -= 1) {
    for (let i = 3; i >= 0; i -= 1) {
      const turn = ROTATIONS[i] ?? 0;
      const turned = (at(i) >>> turn) | (at(i) << (16 - turn));
      block[i] = turned - word(4 * round + i) - (at(i + 3) & at(i + 2)) - (~at(i + 3) & at(i + 1));
    }
    if (round !== 11 && round !== 5) continue;
    for (let i = 3; i >= 0; i -= 1) block[i] = at(i) - word(at(i + 3));
  }
};

/**
 * RC2 in CBC mode (RFC 2268), which OpenSSL 3 no longer offers to applications, but which earlier ones put around the
 * certificates of every PKCS#12 file. Decryption only, with the padding taken off.
 * @throws Error the padding is wrong, so the key is
 */
export const decryptRc2 = (key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array => {
  if (data.length === 0 || data.length % BLOCK !== 0) throw new Error('RC2: not whole blocks');
  const words = expand(key);
  const plain = Buffer.alloc(data.length);
  let previous = iv;
  for (let start = 0; start < data.length; start += BLOCK) {
    const encrypted = Buffer.from(data.subarray(start, start + BLOCK));
    const block = Uint16Array.from({ length: 4 }, (_, i) => encrypted.readUInt16LE(2 * i));
    decryptBlock(words, block);
    block.forEach((value, i) => {
      plain.writeUInt16LE(value, start + 2 * i);
    });
    for (let i = 0; i < BLOCK; i += 1) plain[start + i] = (plain[start + i] ?? 0) ^ (previous[i] ?? 0);
    previous = encrypted;
  }
  const padding = plain[plain.length - 1] ?? 0;
  const end = plain.length - padding;
  if (padding === 0 || padding > BLOCK || !plain.subarray(end).every((byte) => byte === padding)) {
    throw new Error('RC2: wrong padding');
  }
  return plain.subarray(0, end);
};
