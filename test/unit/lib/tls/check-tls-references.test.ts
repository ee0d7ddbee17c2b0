import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloudOfDocument } from '../../../../lib/openstack/identity/auth-options/clouds-file.ts';
import { tlsReferenceChecks } from '../../../../lib/tls/check-tls-references.ts';
import { type StandInCloud, startCloud } from '../../../../local/cloud/cloud.ts';
import { expiredCertificate } from '../../../helpers/certificates.ts';
import { describeKeyManager } from './describe-key-manager.ts';
import { fixture, fixtures, keyManagerWith, secretRef } from './fixture.ts';

describe('tlsReferenceChecks', () => {
  it('does not open a session when there are no references', async () => {
    const { grant, check } = tlsReferenceChecks(() => {
      throw new Error('opened');
    });
    await expect(grant({ certificates: [], ca: null, crl: null }, 'token')).resolves.toBeUndefined();
    await expect(check({ certificates: [], ca: null, crl: null })).resolves.toBeUndefined();
  });

  it('names each reference that cannot be used, once', async () => {
    const { session } = keyManagerWith({ secrets: { 1: 'hello', 2: fixture('root-crl.pem'), 3: fixture('root.pem') } });
    const { check } = tlsReferenceChecks(() => session);
    const [text, crl, certificate] = [secretRef(1), secretRef(2), secretRef(3)];
    await expect(check({ certificates: [certificate], ca: text, crl })).rejects.toMatchObject({
      message:
        `Could not retrieve certificate: ${text} is not a CA certificate in PEM. ` +
        `Could not retrieve certificate: ${certificate} holds no private key.`,
    });
    await expect(check({ certificates: [], ca: null, crl })).rejects.toThrow(
      `${crl} is a revocation list without a CA.`,
    );
  });

  it('refuses a certificate that has expired, unless it is in use already', async () => {
    const { session } = keyManagerWith({
      secrets: { 1: await expiredCertificate(), 2: fixtures('leaf.pem', 'leaf-key.pem') },
    });
    const { check } = tlsReferenceChecks(() => session);
    const [expired, good] = [secretRef(1), secretRef(2)];
    const references = { certificates: [good, expired], ca: null, crl: null };
    await expect(check(references)).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(`^Could not retrieve certificate: ${expired} has expired on [^ ]+Z\\.$`),
      ),
    });
    await expect(check({ ...references, certificates: [good] })).resolves.toBeUndefined();
    await expect(check(references, { ...references, certificates: [expired] })).resolves.toBeUndefined();
  });
});

describe('tenant certificates in the stand-in cloud', () => {
  let cloud: StandInCloud | null = null;

  beforeAll(async () => {
    cloud = await startCloud({ dataFolder: null, port: 0, addressBlock: 'any', haproxy: null });
  });
  afterAll(() => cloud?.stop());

  const users = { worker: 'octavia', tenant: 'alice', otherTenant: 'bob' };
  describeKeyManager(async (user) => cloudOfDocument(cloud?.cloudsYaml() ?? '', users[user], 'stand-in'));
});
