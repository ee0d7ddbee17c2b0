import { describe, expect, it } from 'vitest';
import { tenantCertificate } from '../../../../lib/tls/tenant-certificate.ts';
import { tenantSecrets } from '../../../../lib/tls/tenant-secrets.ts';
import { containerRef, fixture, fixtures, type Kept, keyManagerWith, secretRef } from './fixture.ts';

const read = (kept: Kept, reference: string) =>
  tenantCertificate(tenantSecrets(keyManagerWith(kept).session), reference);
const PARTS = { certificate: 1, private_key: 2 };

describe('tenantCertificate', () => {
  it('makes the same file of every way to keep the same certificate', async () => {
    const secrets = {
      1: fixture('leaf.pem'),
      2: fixture('leaf-key.pem').toString(),
      3: fixture('modern.p12'),
      4: fixture('legacy.p12'),
      5: fixtures('leaf-key.pem', 'leaf.pem', 'chain.pem'),
      6: fixtures('leaf.pem', 'chain.pem', 'leaf-key.pem').toString(),
      7: fixture('chain.p7c'),
      8: fixture('chain.pem').toString(),
      9: fixture('key-pbkdf2.pem'),
      10: 'hunter2',
    };
    const containers = {
      1: { ...PARTS, intermediates: 7 },
      2: { ...PARTS, intermediates: 8 },
      3: { ...PARTS, private_key: 9, private_key_passphrase: 10, intermediates: 7 },
    };
    const references = [...[3, 4, 5, 6].map(secretRef), ...[1, 2, 3].map(containerRef)];
    const files = await Promise.all(references.map((reference) => read({ secrets, containers }, reference)));
    expect(new Set(files.map((file) => JSON.stringify(file))).size).toBe(1);
    expect(files[0]?.pem.match(/BEGIN [A-Z ]+/g)).toEqual([
      'BEGIN CERTIFICATE',
      'BEGIN RSA PRIVATE KEY',
      'BEGIN CERTIFICATE',
      'BEGIN CERTIFICATE',
    ]);
  });

  it.each<[string, Kept['secrets'][number], string]>([
    ['with a passphrase', fixture('passphrase.p12'), 'is no PKCS#12 that can be read without a passphrase'],
    ['of text that is no PEM', 'hello', 'is neither PKCS#12 nor PEM'],
    ['of other bytes', Buffer.from([1, 0xff]), 'is not text'],
    ['without key', fixture('leaf.pem'), 'holds no private key'],
    ['without payload', null, 'has no payload'],
    ['that the worker may not read', 'forbidden', 'may not be read'],
  ])('refuses a secret %s', async (_what, payload, reason) => {
    await expect(read({ secrets: { 1: payload } }, secretRef(1))).rejects.toMatchObject({
      name: 'CertificateRetrievalError',
      message: `Could not retrieve certificate: ${secretRef(1)} ${reason}.`,
      resourceId: secretRef(1),
    });
  });

  it.each([
    [secretRef(1), 'is not in the key manager'],
    [containerRef(1), 'is not in the key manager'],
    ['https://elsewhere/certificate', 'is not a reference of the key manager'],
  ])('refuses %s, which is not there', async (reference, reason) => {
    await expect(read({ secrets: {} }, reference)).rejects.toThrow(`${reference} ${reason}`);
  });

  it('names the secret of a container that is wrong, or what the container lacks', async () => {
    const secrets = { 1: fixture('leaf.pem'), 2: fixture('leaf-key.pem'), 3: 'hello' };
    const inContainer = (parts: Record<string, number>) => read({ secrets, containers: { 1: parts } }, containerRef(1));
    await expect(inContainer({ certificate: 1 })).rejects.toThrow(`${containerRef(1)} holds no private_key`);
    await expect(inContainer({ ...PARTS, certificate: 3 })).rejects.toThrow(`${secretRef(3)} holds no certificate`);
    await expect(inContainer({ ...PARTS, private_key: 3 })).rejects.toThrow(`${secretRef(3)} holds no private key`);
    await expect(inContainer({ ...PARTS, intermediates: 3 })).rejects.toThrow(`${secretRef(3)} is neither`);
    await expect(inContainer({ ...PARTS, certificate: 9 })).rejects.toThrow(
      `${secretRef(9)} is not in the key manager`,
    );
  });
});
