import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { keyToPem } from '../../tls/formats/pem-blocks.ts';
import { signCertificate } from './sign-certificate.ts';

const DAY_MS = 86_400_000;

/** A certificate authority's certificate and its unencrypted private key (PKCS#8), PEM each. */
export interface Authority {
  readonly certPem: string;
  readonly keyPem: string;
}

/** An authority ready to sign. */
export interface LoadedAuthority {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
}

/** A new P-256 key: two milliseconds, where RSA-2048 takes about a hundred. */
export const newKey = (): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> =>
  promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });

/** Makes a certificate authority, valid for `days`. */
export const createAuthority = async (commonName: string, { days }: { readonly days: number }): Promise<Authority> => {
  const { publicKey, privateKey } = await newKey();
  const notAfter = new Date(Date.now() + days * DAY_MS);
  const certificate = signCertificate(
    { commonName, dnsNames: [], use: 'authority', publicKey, notAfter },
    { certificate: null, key: privateKey },
  );
  return {
    certPem: certificate.toString(),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
};

/** A new key and a certificate for it, with CN and SAN = `name`. PEM: the certificate, then the key. */
export const issueCertificate = async (authority: LoadedAuthority, name: string, notAfter: Date): Promise<string> => {
  const { publicKey, privateKey } = await newKey();
  const certificate = signCertificate(
    { commonName: name, dnsNames: [name], use: 'peer', publicKey, notAfter },
    authority,
  );
  return certificate.toString() + keyToPem(privateKey);
};

/** What a worker shows to amphorae: certificate and key in one PEM, signed by the (client) authority. */
export const issueClientCertificate = (
  authority: Authority,
  commonName: string,
  { days }: { readonly days: number },
): Promise<string> =>
  issueCertificate(
    { certificate: new X509Certificate(authority.certPem), key: createPrivateKey(authority.keyPem) },
    commonName,
    new Date(Date.now() + days * DAY_MS),
  );
