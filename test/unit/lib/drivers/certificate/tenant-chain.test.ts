import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newKey } from '../../../../../lib/drivers/certificate/authority.ts';
import { signCertificate } from '../../../../../lib/drivers/certificate/sign-certificate.ts';
import { certificateBundle } from '../../../../../lib/drivers/certificate/tenant-chain.ts';
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
  it('writes leaf, PKCS#1 key, and the issuers from leaf to root, named by the leaf', () => {
    const { fileName, pem } = bundle([root, intermediate, leaf, intermediate]);
    const pkcs1 = key.export({ type: 'pkcs1', format: 'pem' });
    expect(pem).toBe(`${known(leaf)}${pkcs1}${known(intermediate)}${known(root)}`);
    expect(fileName).toBe(`${createHash('sha1').update(known(leaf).toString()).digest('hex')}.pem`);
  });

  it('writes an elliptic curve key as SEC1', async () => {
    const pair = await newKey();
    const { pem } = bundle([selfSigned(pair, 'web')], [pair.privateKey]);
    expect(pem).toContain('-----BEGIN EC PRIVATE KEY-----');
  });

  it('needs no issuers', () => {
    expect(bundle([leaf]).pem.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
  });

  it.each([
    ['a key of another certificate', [root, intermediate], 'belongs to none of its certificates'],
    ['a certificate that issued nothing here', [leaf, intermediate, other], 'is no part of its chain'],
    ['no certificate', [], 'holds no certificate'],
  ])('refuses %s', (_what, certificates, reason) => {
    expect(() => bundle(certificates)).toThrow(`${REF} holds`);
    expect(() => bundle(certificates)).toThrow(reason);
  });

  it('refuses a certificate that names nobody, and accepts either way of naming', async () => {
    const pair = await newKey();
    const keys = [pair.privateKey];
    expect(() => bundle([selfSigned(pair, '')], keys)).toThrow('neither a common name');
    expect(bundle([selfSigned(pair, 'web')], keys).fileName).toMatch(/^[0-9a-f]{40}\.pem$/);
    expect(bundle([selfSigned(pair, '', ['web.example.com'])], keys).fileName).toMatch(/^[0-9a-f]{40}\.pem$/);
  });

  it('refuses keys that the traditional layout does not know', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(() => bundle([leaf], [privateKey])).toThrow('neither RSA nor elliptic curve');
    expect(() => bundle([leaf], [])).toThrow('holds no private key');
  });
});
