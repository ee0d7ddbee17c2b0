import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createAuthority,
  issueCertificate,
  issueClientCertificate,
} from '../../../../../lib/drivers/certificate/authority.ts';
import { signCertificate } from '../../../../../lib/drivers/certificate/sign-certificate.ts';

const notAfter = new Date('2030-01-02T03:04:05Z');

describe('an authority', () => {
  it('may sign certificates, and signs itself', async () => {
    const { certPem, keyPem } = await createAuthority('the CA', { days: 2 });
    const certificate = new X509Certificate(certPem);
    expect(certificate).toMatchObject({ subject: 'CN=the CA', issuer: 'CN=the CA', ca: true });
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
    expect(certificate.validToDate.getTime() - Date.now()).toBeGreaterThan(2 * 86_400_000 - 60_000);
  });
});

describe('a certificate', () => {
  it('carries its name as CN and SAN, and is signed by its authority', async () => {
    const authority = await createAuthority('the CA', { days: 1 });
    const issuer = new X509Certificate(authority.certPem);
    const pem = await issueClientCertificate(authority, 'worker', { days: 1 });
    const certificate = new X509Certificate(pem);
    expect(certificate).toMatchObject({ subject: 'CN=worker', subjectAltName: 'DNS:worker', ca: false });
    expect(certificate.checkHost('worker')).toBe('worker');
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    // 1.3.6.1.5.5.7.3.1 and .2: proves a server and a client.
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  it('comes with its key behind it, unencrypted', async () => {
    const authority = await createAuthority('the CA', { days: 1 });
    const pem = await issueClientCertificate(authority, 'worker', { days: 1 });
    expect(pem.match(/-----BEGIN [A-Z ]+-----/g)).toEqual([
      '-----BEGIN CERTIFICATE-----',
      '-----BEGIN EC PRIVATE KEY-----',
    ]);
    const key = createPrivateKey(pem.slice(pem.indexOf('-----BEGIN EC')));
    expect(new X509Certificate(pem).checkPrivateKey(key)).toBe(true);
  });

  it('has a number and a key of its own each time', async () => {
    const authority = await createAuthority('the CA', { days: 1 });
    const issue = async () => new X509Certificate(await issueClientCertificate(authority, 'worker', { days: 1 }));
    const [one, other] = [await issue(), await issue()];
    expect(one.serialNumber).toHaveLength(32);
    expect(one.serialNumber).not.toBe(other.serialNumber);
    expect(one.publicKey.equals(other.publicKey)).toBe(false);
  });

  it('can be signed by an RSA authority', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const certificate = signCertificate(
      { commonName: 'old CA', dnsNames: [], use: 'authority', publicKey, notAfter },
      { certificate: null, key: privateKey },
    );
    const issued = new X509Certificate(await issueCertificate({ certificate, key: privateKey }, 'a1', notAfter));
    expect(issued.verify(publicKey)).toBe(true);
    expect(issued.checkIssued(certificate)).toBe(true);
    expect(issued.validToDate).toEqual(notAfter);
  });
});
