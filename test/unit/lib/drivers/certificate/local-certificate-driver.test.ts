import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Authority,
  createAuthority,
  issueClientCertificate,
} from '../../../../../lib/drivers/certificate/authority.ts';
import {
  type LocalCertificateSettings,
  localCertificateDriver,
} from '../../../../../lib/drivers/certificate/local-certificate-driver.ts';
import { signCertificate } from '../../../../../lib/drivers/certificate/sign-certificate.ts';

const DAY = 86_400_000;

let serverAuthority: Authority;
let clientAuthority: Authority;
let sources: Record<string, string>;

beforeAll(async () => {
  serverAuthority = await createAuthority('server CA', { days: 60 });
  clientAuthority = await createAuthority('client CA', { days: 60 });
  sources = {
    serverCa: serverAuthority.certPem,
    serverCaKey: serverAuthority.keyPem,
    clientCa: clientAuthority.certPem,
    client: await issueClientCertificate(clientAuthority, 'worker', { days: 1 }),
  };
});

const settings: LocalCertificateSettings = {
  serverCa: 'serverCa',
  serverCaKey: 'serverCaKey',
  serverCaKeyPassphrase: null,
  clientCa: 'clientCa',
  clientCertificate: 'client',
  certValidityTime: 2_592_000,
};

/** A driver over these texts, with a clock one can set and the number of times something was read. */
const driverOver = (texts: Record<string, string> = {}, changed: Partial<LocalCertificateSettings> = {}) => {
  const clock = { now: Date.now(), reads: 0 };
  const driver = localCertificateDriver({
    settings: { ...settings, ...changed },
    readPem: async (_, source) => {
      clock.reads += 1;
      return { ...sources, ...texts }[source] ?? '';
    },
    now: () => clock.now,
  });
  return { driver, clock };
};

const selfSigned = (publicKey: KeyObject, key: KeyObject, notAfter = new Date(Date.now() + DAY)) =>
  signCertificate(
    { commonName: 'CA', dnsNames: [], use: 'authority', publicKey, notAfter },
    { certificate: null, key },
  );

const refused = (setting: string) => expect.objectContaining({ name: 'ConfigurationError', setting });

describe('an amphora certificate', () => {
  it('carries the id of the amphora and lives as long as set', async () => {
    const { driver, clock } = driverOver();
    const { pem, expiresAt } = await driver.issueAmphoraCertificate('a1');
    const certificate = new X509Certificate(pem);
    expect(certificate.checkHost('a1')).toBe('a1');
    expect(certificate.verify(new X509Certificate(serverAuthority.certPem).publicKey)).toBe(true);
    expect(certificate.validToDate.toISOString()).toBe(expiresAt);
    expect(Math.abs(Date.parse(expiresAt) - clock.now - 30 * DAY)).toBeLessThan(1_000);
  });

  it('is of the authority that the key belongs to, of several of one name', async () => {
    const other = await createAuthority('server CA', { days: 60 });
    const serverCa = other.certPem + serverAuthority.certPem;
    const { driver } = driverOver({ serverCa });
    const { pem, issuer } = await driver.issueAmphoraCertificate('a1');
    const signer = new X509Certificate(serverAuthority.certPem);
    expect(new X509Certificate(pem).verify(signer.publicKey)).toBe(true);
    expect(issuer).toBe(signer.fingerprint256);
    expect((await driver.agentCredentials()).ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it('has been valid for a minute, for clocks that are behind', async () => {
    const { pem } = await driverOver().driver.issueAmphoraCertificate('a1');
    expect(new X509Certificate(pem).validFromDate.getTime()).toBeLessThanOrEqual(Date.now() - 59_000);
  });

  it.each<[string, (key: KeyObject) => string]>([
    [
      'encrypted PKCS#8',
      (key) => String(key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hush' })),
    ],
    [
      'encrypted PKCS#1',
      (key) => String(key.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hush' })),
    ],
    ['plain PKCS#1', (key) => String(key.export({ type: 'pkcs1', format: 'pem' }))],
  ])('is signed by a key in %s', async (_, write) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const texts = { serverCa: selfSigned(publicKey, privateKey).toString(), serverCaKey: write(privateKey) };
    const { driver } = driverOver(texts, { serverCaKeyPassphrase: 'hush' });
    const { pem } = await driver.issueAmphoraCertificate('a1');
    expect(new X509Certificate(pem).verify(publicKey)).toBe(true);
  });
});

describe('an authority that cannot sign', () => {
  it('has a passphrase that is not given, and stays secret', async () => {
    const serverCaKey = String(
      createPrivateKey(serverAuthority.keyPem).export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'hush',
      }),
    );
    const error = await driverOver({ serverCaKey })
      .driver.issueAmphoraCertificate('a1')
      .catch((e: unknown) => e);
    expect(error).toEqual(refused('SERVER_CA_PRIVATE_KEY'));
    expect(inspect(error, { depth: 10 })).not.toContain('BEGIN');
  });

  it('has the key of another', async () => {
    const { driver } = driverOver({ serverCaKey: clientAuthority.keyPem });
    await expect(driver.issueAmphoraCertificate('a1')).rejects.toEqual(refused('SERVER_CA_PRIVATE_KEY'));
  });

  it('has a key of a kind it cannot use', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const { driver } = driverOver({ serverCaKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) });
    await expect(driver.issueAmphoraCertificate('a1')).rejects.toThrow('must be an RSA or elliptic curve key');
  });

  it.each([
    ['no certificate', 'nothing'],
    ['a broken certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ])('has %s', async (_, serverCa) => {
    const { driver } = driverOver({ serverCa });
    await expect(driver.issueAmphoraCertificate('a1')).rejects.toEqual(refused('SERVER_CA_CERTIFICATE'));
  });

  it('has no key', async () => {
    const { driver } = driverOver({ serverCaKey: serverAuthority.certPem });
    await expect(driver.issueAmphoraCertificate('a1')).rejects.toEqual(refused('SERVER_CA_PRIVATE_KEY'));
  });

  it('is expired', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { driver } = driverOver({
      serverCa: selfSigned(publicKey, privateKey, new Date(Date.now() - 1_000)).toString(),
      serverCaKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    });
    await expect(driver.issueAmphoraCertificate('a1')).rejects.toThrow('is expired since');
  });
});

describe('the side of the worker', () => {
  it('is its certificate and key apart, and the CA of the amphorae', async () => {
    const credentials = await driverOver().driver.agentCredentials();
    expect(new X509Certificate(credentials.cert).subject).toBe('CN=worker');
    expect(new X509Certificate(credentials.cert).checkPrivateKey(createPrivateKey(credentials.key))).toBe(true);
    expect(credentials.cert).not.toContain('PRIVATE KEY');
    expect(credentials.ca).toBe(serverAuthority.certPem);
  });

  it('is refused when its certificate and key do not belong together', async () => {
    const client = `${clientAuthority.certPem}${serverAuthority.keyPem}`;
    await expect(driverOver({ client }).driver.agentCredentials()).rejects.toEqual(refused('CLIENT_CERTIFICATE'));
  });

  it('gives amphorae the client CA without anything else in the file', async () => {
    const clientCa = `notes\n${clientAuthority.certPem}${clientAuthority.keyPem}`;
    expect(await driverOver({ clientCa }).driver.clientCa()).toBe(clientAuthority.certPem);
  });
});

describe('what was read', () => {
  it('is used for five minutes, by every caller meanwhile', async () => {
    const { driver, clock } = driverOver();
    const [one, other] = await Promise.all([driver.agentCredentials(), driver.agentCredentials()]);
    clock.now += 299_999;
    expect(other).toBe(one);
    expect(await driver.agentCredentials()).toBe(one);
    expect(clock.reads).toBe(2);
    clock.now += 1;
    expect(await driver.agentCredentials()).not.toBe(one);
  });

  it('is read again at once after a failure', async () => {
    const texts: Record<string, string> = { client: 'nothing' };
    const { driver } = driverOver(texts);
    await expect(driver.agentCredentials()).rejects.toEqual(refused('CLIENT_CERTIFICATE'));
    delete texts.client;
    await expect(driver.agentCredentials()).resolves.toMatchObject({ ca: serverAuthority.certPem });
  });
});
