import { createCipheriv, createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pemBlocks, privateKeyAmong } from '../../../../lib/tls/tenant-pem.ts';
import { fixture, secretRef } from './fixture.ts';

const REF = secretRef(1);
const key = createPrivateKey(fixture('leaf-key.pem'));
const read = (name: string, passphrase: string | null) =>
  privateKeyAmong(REF, pemBlocks(REF, fixture(name).toString()), passphrase);

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');

/** The bytes, encrypted once more as old private keys are: what OpenSSL reads after that is what it was given. */
const wrappedAsOld = (label: string, der: Uint8Array): string => {
  const iv = Buffer.alloc(16, 7);
  const md5 = (...parts: readonly Uint8Array[]) => createHash('md5').update(Buffer.concat(parts)).digest();
  const [password, salt] = [Buffer.from('hunter2'), iv.subarray(0, 8)];
  const first = md5(password, salt);
  const cipher = createCipheriv('aes-256-cbc', Buffer.concat([first, md5(first, password, salt)]), iv);
  const text = Buffer.concat([cipher.update(der), cipher.final()])
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n');
  const header = `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,${iv.toString('hex').toUpperCase()}\n`;
  return `-----BEGIN ${label}-----\n${header}\n${text}\n-----END ${label}-----\n`;
};

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
    expect((await privateKeyAmong(REF, pemBlocks(REF, pem), 'schlüssel')).equals(privateKey)).toBe(true);
  });

  it('reads SEC1 and PKCS#1', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const sec1 = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect((await privateKeyAmong(REF, pemBlocks(REF, sec1), null)).equals(privateKey)).toBe(true);
    expect((await privateKeyAmong(REF, pemBlocks(REF, pkcs1), null)).equals(key)).toBe(true);
  });

  it('refuses a key that asks for more rounds than a worker can spend', async () => {
    await expect(read('key-many-rounds.pem', 'hunter2')).rejects.toThrow(REF);
  });

  it.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'A PRIVATE KEY'])(
    'never derives a key for an encrypted one that calls itself %s',
    async (label) => {
      const disguised = fixture('key-pbkdf2.pem').toString().replaceAll('ENCRYPTED PRIVATE KEY', label);
      const refused = 'holds a private key that cannot be read with its passphrase';
      for (const pem of [disguised, wrappedAsOld(label, derOf(disguised))]) {
        await expect(privateKeyAmong(REF, pemBlocks(REF, pem), 'hunter2')).rejects.toThrow(refused);
      }
    },
  );

  it('refuses a PEM without key, and never quotes one that is broken', async () => {
    await expect(read('leaf.pem', null)).rejects.toThrow('holds no private key');
    const broken = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----';
    const error: unknown = await privateKeyAmong(REF, pemBlocks(REF, broken), null).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'CertificateRetrievalError', resourceId: REF });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain('c2VjcmV0');
  });
});

describe('pemBlocks', () => {
  const block = (label: string, body = 'AAAA') => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`;
  const labels = (pem: string) => pemBlocks(REF, pem).map(({ label }) => label);

  it('finds each block, whatever stands between them', () => {
    expect(labels(`a note\n${block('A')}\r\nanother\n${block('B')}`)).toEqual(['A', 'B']);
  });

  it('takes no block with another within it', () => {
    expect(labels(`-----BEGIN A-----\n${block('B')}\n-----END A-----`)).toEqual(['B']);
  });

  it('leaves out a block without its end', () => {
    expect(labels(`-----BEGIN A-----\nAAAA\n-----END B-----\n${block('C')}\n-----BEGIN D-----`)).toEqual(['C']);
  });

  it('refuses more blocks than a bundle of authorities has', () => {
    expect(() => labels(block('A').repeat(257))).toThrow(`${REF} holds more than 256 blocks of PEM`);
  });

  it('reads a megabyte of beginnings in one pass', () => {
    // Each beginning looked for its end through all the rest: minutes.
    expect(labels('-----BEGIN A-----\n'.repeat(60_000))).toEqual([]);
  });
});
