import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPkcs12 } from '../../../../../lib/tls/formats/pkcs12.ts';
import { fixture } from '../fixture.ts';

const key = createPrivateKey(fixture('leaf-key.pem'));

describe('readPkcs12', () => {
  it.each([
    ['modern.p12', 3],
    ['legacy.p12', 3],
    ['rc2-128.p12', 3],
    ['unencrypted.p12', 3],
    ['null-password.p12', 1],
  ])('reads key and certificates of %s', async (name, count) => {
    const { keys, certificates } = await readPkcs12(fixture(name));
    expect(keys.map((found) => found.equals(key))).toEqual([true]);
    expect(certificates).toHaveLength(count);
    expect(certificates[0]?.checkPrivateKey(key)).toBe(true);
  });

  it('refuses a file with a passphrase', async () => {
    await expect(readPkcs12(fixture('passphrase.p12'))).rejects.toThrow();
  });

  it('refuses a file that asks for more rounds than a worker can spend', async () => {
    await expect(readPkcs12(fixture('many-rounds.p12'))).rejects.toThrow('too many rounds');
  });

  it('refuses half a file, a file with more behind it, and what is none', async () => {
    const whole = fixture('modern.p12');
    await expect(readPkcs12(whole.subarray(0, whole.length / 2))).rejects.toThrow('ASN.1');
    await expect(readPkcs12(Buffer.concat([whole, whole]))).rejects.toThrow('ASN.1');
    await expect(readPkcs12(fixture('chain.p7c'))).rejects.toThrow('ASN.1');
    await expect(readPkcs12(Buffer.alloc(0))).rejects.toThrow('ASN.1');
  });

  it('refuses elements nested without end', async () => {
    const nested = Buffer.from('3080'.repeat(10_000), 'hex');
    await expect(readPkcs12(nested)).rejects.toThrow('ASN.1');
  });
});
