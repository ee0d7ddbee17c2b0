import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tenantAuthority, tenantRevocationList } from '../../../../lib/tls/tenant-authority.ts';
import { tenantSecrets } from '../../../../lib/tls/tenant-secrets.ts';
import { fixture, fixtures, type Kept, keyManagerWith, secretRef } from './fixture.ts';

const CA = secretRef(1);
const CRL = secretRef(2);
const secretsWith = (secrets: Kept['secrets']) => tenantSecrets(keyManagerWith({ secrets }).session);
const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');

describe('tenantAuthority', () => {
  it('answers the secret as it is, named by its bytes', async () => {
    const bytes = Buffer.concat([Buffer.from('# ours\n'), fixtures('root.pem', 'intermediate.pem')]);
    const { fileName, pem, certificates } = await tenantAuthority(secretsWith({ 1: bytes }), CA);
    expect({ fileName, pem }).toEqual({ fileName: `${sha1(bytes)}.pem`, pem: bytes.toString() });
    expect(certificates).toHaveLength(2);
  });

  it.each([
    ['PKCS#12', fixture('modern.p12'), 'is not text'],
    ['a key', fixture('leaf-key.pem'), 'is not a CA certificate in PEM'],
    ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'cannot be read'],
  ])('refuses %s', async (_what, bytes, reason) => {
    await expect(tenantAuthority(secretsWith({ 1: bytes }), CA)).rejects.toThrow(reason);
  });
});

describe('tenantRevocationList', () => {
  const list = async (ca: Uint8Array, crl: Uint8Array | string) => {
    const secrets = secretsWith({ 1: ca, 2: crl });
    return tenantRevocationList(secrets, CRL, await tenantAuthority(secrets, CA));
  };

  it('accepts a list that the CA has signed, and one list for each of several', async () => {
    const one = fixture('root-crl.pem');
    expect(await list(fixture('root.pem'), one)).toEqual({ fileName: `${sha1(one)}.pem`, pem: one.toString() });
    const both = fixtures('root-crl.pem', 'other-crl.pem');
    expect((await list(fixtures('root.pem', 'other-root.pem'), both)).pem).toBe(both.toString());
  });

  it.each([
    ["another CA's list", fixture('other-crl.pem'), 'its CA has not signed'],
    ['a list more than the CA signed', fixtures('root-crl.pem', 'other-crl.pem'), 'its CA has not signed'],
    ['a certificate', fixture('root.pem'), 'is not a revocation list in PEM'],
    ['a broken list', '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----', 'cannot be read'],
  ])('refuses %s', async (_what, crl, reason) => {
    await expect(list(fixture('root.pem'), crl)).rejects.toThrow(reason);
  });
});
