import type { KeyObject } from 'node:crypto';
import { newKey } from '../../lib/drivers/certificate/authority.ts';
import { signCertificate } from '../../lib/drivers/certificate/sign-certificate.ts';

const MINUTE = 60_000;

const pemOf = (signedBy: { publicKey: KeyObject; privateKey: KeyObject }, key: KeyObject, notAfter: Date): Buffer => {
  const wish = { commonName: 'web', dnsNames: ['web.example'], use: 'peer', publicKey: signedBy.publicKey } as const;
  const leaf = signCertificate({ ...wish, notAfter }, { certificate: null, key: signedBy.privateKey });
  return Buffer.from(`${leaf}${key.export({ type: 'sec1', format: 'pem' })}`);
};

/** A certificate with its key, as one PEM, that was good until a minute ago. */
export const expiredCertificate = async (): Promise<Buffer> => {
  const pair = await newKey();
  return pemOf(pair, pair.privateKey, new Date(Date.now() - MINUTE));
};

/** A certificate with the key of another one. */
export const mismatchedCertificate = async (): Promise<Buffer> =>
  pemOf(await newKey(), (await newKey()).privateKey, new Date(Date.now() + MINUTE));
