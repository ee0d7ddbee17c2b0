import { Integer, Null, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { describe, expect, it } from 'vitest';
import { type Asn1, readAsn1 } from '../../../../../lib/tls/formats/asn1.ts';
import { passwordDecryption } from '../../../../../lib/tls/formats/password-decryption.ts';

const PASSWORD = { utf8: Buffer.from('x'), utf16: Buffer.from([0, 0x78, 0, 0]) };
const DATA = Buffer.alloc(16);

const identifier = (value: string) => new ObjectIdentifier({ value });
const number = (value: number) => Integer.fromBigInt(BigInt(value));
const sequence = (...value: readonly Asn1[]) => new Sequence({ value: [...value] });
const salt = new OctetString({ valueHex: new Uint8Array(8) });
const read = (element: Asn1) => readAsn1(new Uint8Array(element.toBER()));

const pbes2 = (derivation: string, ...parameters: readonly Asn1[]) => {
  const cipher = sequence(identifier('2.16.840.1.101.3.4.1.42'), new OctetString({ valueHex: new Uint8Array(16) }));
  const kdf = sequence(identifier(derivation), sequence(salt, ...parameters));
  return read(sequence(identifier('1.2.840.113549.1.5.13'), sequence(kdf, cipher)));
};
const pbkdf2 = (rounds: number, digest = '1.2.840.113549.2.9') =>
  pbes2('1.2.840.113549.1.5.12', number(rounds), sequence(identifier(digest), new Null()));
const scrypt = (...costs: readonly number[]) => pbes2('1.3.6.1.4.1.11591.4.11', ...costs.map(number));
const pkcs12 = (rounds: number) =>
  read(sequence(identifier('1.2.840.113549.1.12.1.3'), sequence(salt, number(rounds))));

const decrypt = (algorithm: Asn1) => passwordDecryption()(algorithm, DATA, PASSWORD);

describe('passwordDecryption', () => {
  it.each([
    ['PBKDF2', pbkdf2],
    ['PKCS#12', pkcs12],
    ['the first cost of scrypt', (count: number) => scrypt(count, 8, 1)],
    ['the second cost of scrypt', (count: number) => scrypt(16, count, 1)],
    ['the third cost of scrypt', (count: number) => scrypt(16, 8, count)],
  ])('refuses a count below one for %s', async (_what, algorithm) => {
    await expect(decrypt(algorithm(-1e12))).rejects.toThrow('no positive INTEGER');
    await expect(decrypt(algorithm(0))).rejects.toThrow('no positive INTEGER');
  });

  it('refuses work above the ceiling before any of it is done', async () => {
    await expect(decrypt(pbkdf2(2_000_001))).rejects.toThrow('too many rounds');
    await expect(decrypt(pkcs12(250_001))).rejects.toThrow('too many rounds');
    await expect(decrypt(scrypt(1_048_576, 8, 1))).rejects.toThrow('too many rounds');
  });

  it('counts each block of a key that is longer than a digest', async () => {
    await expect(decrypt(pbkdf2(1_000_001, '1.2.840.113549.2.7'))).rejects.toThrow('too many rounds');
  });

  it('counts all the work of one secret together', async () => {
    const secret = passwordDecryption();
    await expect(secret(pbkdf2(1_000), DATA, PASSWORD)).rejects.not.toThrow('too many rounds');
    await expect(secret(pbkdf2(1_999_500), DATA, PASSWORD)).rejects.toThrow('too many rounds');
  });

  it('lets other work run while it derives a key of PKCS#12', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await expect(decrypt(pkcs12(60_000))).rejects.toThrow();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});
