import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createAuthority, issueCertificate } from '../../../lib/drivers/certificate/authority.ts';

const DAY = 24 * 3600 * 1000;

/** Certificate and key, PEM, with the right name and of an untrusted authority. */
export const foreignCertificate = async (name: string): Promise<Buffer> => {
  const { certPem, keyPem } = await createAuthority('an untrusted authority', { days: 1 });
  const authority = { certificate: new X509Certificate(certPem), key: createPrivateKey(keyPem) };
  return Buffer.from(await issueCertificate(authority, name, new Date(Date.now() + DAY)));
};
