import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pemBlocks, privateKeyAmong } from '../../../../../lib/drivers/certificate/tenant-pem.ts';
import { fixture, secretRef } from './fixture.ts';

const REF = secretRef(1);
const key = createPrivateKey(fixture('leaf-key.pem'));
const read = (name: string, passphrase: string | null) =>
  privateKeyAmong(REF, pemBlocks(fixture(name).toString()), passphrase);

describe('privateKeyAmong', () => {
  it.each(['key-pbkdf2.pem', 'key-scrypt.pem', 'key-triple-des.pem', 'key-traditional.pem'])(
    'decrypts %s with its passphrase',
    async (name) => {
      expect((await read(name, 'hunter2')).equals(key)).toBe(true);
      await expect(read(name, 'wrong')).rejects.toThrow(`${REF} holds a private key that cannot be read with its`);
      await expect(read(name, null)).rejects.toThrow(`${REF} holds a private key that cannot be read without a`);
    },
  );

  it('decrypts with a passphrase beyond ASCII', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'schlüssel' } as const;
    const pem = privateKey.export(options).toString();
    expect((await privateKeyAmong(REF, pemBlocks(pem), 'schlüssel')).equals(privateKey)).toBe(true);
  });

  it('reads SEC1 and PKCS#1', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const sec1 = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect((await privateKeyAmong(REF, pemBlocks(sec1), null)).equals(privateKey)).toBe(true);
    expect((await privateKeyAmong(REF, pemBlocks(pkcs1), null)).equals(key)).toBe(true);
  });

  it('refuses a key that asks for more rounds than a worker can spend', async () => {
    await expect(read('key-many-rounds.pem', 'hunter2')).rejects.toThrow(REF);
  });

  it('refuses a PEM without key, and never quotes one that is broken', async () => {
    await expect(read('leaf.pem', null)).rejects.toThrow('holds no private key');
    const broken = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----';
    const error: unknown = await privateKeyAmong(REF, pemBlocks(broken), null).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'CertificateRetrievalError', resourceId: REF });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain('c2VjcmV0');
  });
});
