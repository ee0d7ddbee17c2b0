import 'reflect-metadata';
import { createServer, type Server } from 'node:https';
import { X509CertificateGenerator } from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCertificateTrouble } from '../../../../../lib/openstack/http/connection-trouble.ts';
import { httpTransport } from '../../../../../lib/openstack/http/transport.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate that signs itself, for a name, and its key, PEM each. */
const selfSigned = async (name: string) => {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----` };
};

describe('httpTransport over TLS', () => {
  let server: Server;
  let url: string;
  let cert: string;

  beforeAll(async () => {
    const identity = await selfSigned('localhost');
    cert = identity.cert;
    server = createServer(identity, (_, response) => response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `https://localhost:${address.port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const statusWith = async (ca: string | null, verify: boolean, address = url): Promise<number> => {
    const transport = httpTransport({ connectTimeout: 1_000, ca, verify });
    try {
      const request = { method: 'GET', url: address, headers: {}, body: null, timeout: 2_000 } as const;
      return (await transport.send(request)).status;
    } finally {
      await transport.close();
    }
  };

  it('trusts the authorities it is given', async () => {
    expect(await statusWith(cert, true)).toBe(200);
  });

  it('trusts no other certificate and no other name', async () => {
    const unknown = await statusWith(null, true).catch((error: unknown) => error);
    expect(isCertificateTrouble(unknown)).toBe(true);
    const otherName = await statusWith(cert, true, url.replace('localhost', '127.0.0.1')).catch(
      (error: unknown) => error,
    );
    expect(isCertificateTrouble(otherName)).toBe(true);
  });

  it('trusts any server when verification is off', async () => {
    expect(await statusWith(null, false)).toBe(200);
  });
});
