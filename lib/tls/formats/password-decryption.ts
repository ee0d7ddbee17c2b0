import { createDecipheriv, pbkdf2, type ScryptOptions, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { Sequence } from 'asn1js';
import { type Asn1, countOf, elementsOf, identifierOf, octetsOf } from './asn1.ts';
import { derivePkcs12Key, IV, KEY } from './pkcs12-key.ts';
import { decryptRc2 } from './rc2.ts';

/** A password in the two encodings that the schemes want. */
export interface Password {
  readonly utf8: Uint8Array;
  /** UTF-16, big-endian, with a zero at the end. */
  readonly utf16: Uint8Array;
}

/**
 * Undoes a password-based encryption: PBES2 (PBKDF2 or scrypt, with AES or triple DES in CBC mode), or one of PKCS#12's
 * own (triple DES, RC2).
 * @param algorithm its AlgorithmIdentifier
 * @throws Error another algorithm, too much work, or the wrong password
 */
export type Decrypt = (algorithm: Asn1, data: Uint8Array, password: Password) => Promise<Uint8Array>;

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';
const HMAC_SHA1 = '1.2.840.113549.2.7';

/** Output lengths in bytes. */
const DIGESTS = new Map([
  [HMAC_SHA1, { name: 'sha1', length: 20 }],
  ['1.2.840.113549.2.8', { name: 'sha224', length: 28 }],
  ['1.2.840.113549.2.9', { name: 'sha256', length: 32 }],
  ['1.2.840.113549.2.10', { name: 'sha384', length: 48 }],
  ['1.2.840.113549.2.11', { name: 'sha512', length: 64 }],
]);

/** Key lengths in bytes. */
const CIPHERS = new Map([
  ['2.16.840.1.101.3.4.1.2', { name: 'aes-128-cbc', keyLength: 16 }],
  ['2.16.840.1.101.3.4.1.22', { name: 'aes-192-cbc', keyLength: 24 }],
  ['2.16.840.1.101.3.4.1.42', { name: 'aes-256-cbc', keyLength: 32 }],
  ['1.2.840.113549.3.7', { name: 'des-ede3-cbc', keyLength: 24 }],
]);

/** RC2 is not among the ciphers of the runtime. */
const PKCS12_CIPHERS = new Map([
  ['1.2.840.113549.1.12.1.3', { name: 'des-ede3-cbc', keyLength: 24 }],
  ['1.2.840.113549.1.12.1.4', { name: 'des-ede-cbc', keyLength: 16 }],
  ['1.2.840.113549.1.12.1.5', { name: 'rc2', keyLength: 16 }],
  ['1.2.840.113549.1.12.1.6', { name: 'rc2', keyLength: 5 }],
]);
const PKCS12_IV_LENGTH = 8;

/** Rounds of PBKDF2 that one secret may ask for, about a second; the secret says how many, and a tenant wrote it. */
const WORK = 2_000_000;
/** A round of PKCS#12's derivation takes as long as this many of PBKDF2. */
const PKCS12_ROUND = 8;

type Spend = (work: number) => void;

const known = <T>(table: ReadonlyMap<string, T>, identifier: string): T => {
  const found = table.get(identifier);
  if (found === undefined) throw new Error(`encryption: algorithm ${identifier} is not supported`);
  return found;
};

const decipher = (name: string, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array => {
  const cipher = createDecipheriv(name, key, iv);
  return Buffer.concat([cipher.update(data), cipher.final()]);
};

const asyncPbkdf2 = promisify(pbkdf2);
const asyncScrypt = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

const derive = async (kdf: Asn1 | undefined, secret: Uint8Array, keyLength: number, spend: Spend) => {
  const [identifier, parameters] = elementsOf(kdf);
  const [salt, first, ...others] = elementsOf(parameters);
  if (identifierOf(identifier) === SCRYPT) {
    const [N, r, p] = [countOf(first), countOf(others[0]), countOf(others[1])];
    spend(N * r * p);
    return asyncScrypt(secret, octetsOf(salt), keyLength, { N, r, p });
  }
  if (identifierOf(identifier) !== PBKDF2) throw new Error('encryption: key derivation is not supported');
  // A key length may stand between the two.
  const prf = others.find((other) => other instanceof Sequence);
  const digest = known(DIGESTS, prf === undefined ? HMAC_SHA1 : identifierOf(elementsOf(prf)[0]));
  const rounds = countOf(first);
  spend(rounds * Math.ceil(keyLength / digest.length));
  return asyncPbkdf2(secret, octetsOf(salt), rounds, keyLength, digest.name);
};

const decryptPbes2 = async (parameters: Asn1 | undefined, data: Uint8Array, secret: Uint8Array, spend: Spend) => {
  const [kdf, scheme] = elementsOf(parameters);
  const [identifier, iv] = elementsOf(scheme);
  const { name, keyLength } = known(CIPHERS, identifierOf(identifier));
  return decipher(name, await derive(kdf, secret, keyLength, spend), octetsOf(iv), data);
};

/** One for each secret: it counts what the secret has cost. */
export const passwordDecryption = (): Decrypt => {
  let left = WORK;
  const spend: Spend = (work) => {
    left -= work;
    if (!(left >= 0)) throw new Error('encryption: too many rounds');
  };
  return async (algorithm, data, password) => {
    const [identifier, parameters] = elementsOf(algorithm);
    if (identifierOf(identifier) === PBES2) return decryptPbes2(parameters, data, password.utf8, spend);
    const { name, keyLength } = known(PKCS12_CIPHERS, identifierOf(identifier));
    const [salt, rounds] = elementsOf(parameters);
    const shared = { password: password.utf16, salt: octetsOf(salt), iterations: countOf(rounds) };
    spend(shared.iterations * PKCS12_ROUND);
    const key = await derivePkcs12Key({ ...shared, purpose: KEY, length: keyLength });
    const iv = await derivePkcs12Key({ ...shared, purpose: IV, length: PKCS12_IV_LENGTH });
    return name === 'rc2' ? decryptRc2(key, iv, data) : decipher(name, key, iv, data);
  };
};
