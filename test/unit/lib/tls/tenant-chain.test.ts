import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newKey } from '../../../../lib/drivers/certificate/authority.ts';
import { signCertificate } from '../../../../lib/drivers/certificate/sign-certificate.ts';
import { certificateBundle } from '../../../../lib/tls/tenant-chain.ts';
import { fixture, secretRef } from './fixture.ts';

const REF = secretRef(1);
const of = (name: string) => new X509Certificate(fixture(name));
const [leaf, intermediate, root, other] = ['leaf.pem', 'intermediate.pem', 'root.pem', 'other-root.pem'].map(of);
const known = (certificate: X509Certificate | undefined): X509Certificate => {
  if (certificate === undefined) throw new Error('no such fixture');
  return certificate;
};
const key = createPrivateKey(fixture('leaf-key.pem'));
const bundle = (certificates: readonly (X509Certificate | undefined)[], keys: readonly KeyObject[] = [key]) =>
  certificateBundle(REF, { certificates: certificates.map(known), keys });

const selfSigned = (pair: { publicKey: KeyObject; privateKey: KeyObject }, commonName: string, names: string[] = []) =>
  signCertificate(
    { commonName, dnsNames: names, use: 'peer', publicKey: pair.publicKey, notAfter: new Date(Date.now() + 60_000) },
    { certificate: null, key: pair.privateKey },
  );

describe('certificateBundle', () => {
  it('writes leaf, PKCS#1 key, and the issuers from leaf to root, named by the leaf', async () => {
    const { fileName, pem } = await bundle([root, intermediate, leaf, intermediate]);
    const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' });
    expect(pem).toBe(`${known(leaf)}${pkcs1}${known(intermediate)}${known(root)}`);
    expect(fileName).toBe(`${createHash('sha1').update(known(leaf).toString()).digest('hex')}.pem`);
  });

  it('writes an elliptic curve key as SEC1', async () => {
    const pair = await newKey();
    const { pem } = await bundle([selfSigned(pair, 'web')], [pair.privateKey]);
    expect(pem).toContain('-----BEGIN EC PRIVATE KEY-----');
  });

  it('needs no issuers', async () => {
    expect((await bundle([leaf])).pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  });

  it.each([
    ['a key of another certificate', [root, intermediate], 'belongs to none of its certificates'],
    ['a certificate that issued nothing here', [leaf, intermediate, other], 'is no part of its chain'],
    ['no certificate', [], 'holds no certificate'],
  ])('refuses %s', async (_what, certificates, reason) => {
    await expect(bundle(certificates)).rejects.toThrow(`${REF} holds`);
    await expect(bundle(certificates)).rejects.toThrow(reason);
  });

  it('refuses more certificates than a chain has, before it compares any two', async () => {
    await expect(bundle(Array.from({ length: 21 }, () => leaf))).rejects.toThrow(
      `${REF} holds more than 20 certificates`,
    );
  });

  it('refuses a certificate that names no host, and accepts either way of naming', async () => {
    const pair = await newKey();
    const keys = [pair.privateKey];
    await expect(bundle([selfSigned(pair, '')], keys)).rejects.toThrow('neither a common name');
    expect((await bundle([selfSigned(pair, 'web')], keys)).fileName).toMatch(/^[0-9a-f]{40}\.pem$/);
    expect((await bundle([selfSigned(pair, '', ['web.example.com'])], keys)).fileName).toMatch(/^[0-9a-f]{40}\.pem$/);
  });

  it('refuses keys that the traditional layout does not know', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    await expect(bundle([leaf], [privateKey])).rejects.toThrow('neither RSA nor elliptic curve');
    await expect(bundle([leaf], [])).rejects.toThrow('holds no private key');
  });
});
