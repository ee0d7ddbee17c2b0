import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tlsReferenceChecks } from '../../../../../lib/drivers/certificate/check-tls-references.ts';
import { cloudOfDocument } from '../../../../../lib/openstack/identity/auth-options/clouds-file.ts';
import { type StandInCloud, startCloud } from '../../../../../local/cloud/cloud.ts';
import { describeKeyManager } from './describe-key-manager.ts';
import { fixture, keyManagerWith, secretRef } from './fixture.ts';

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
