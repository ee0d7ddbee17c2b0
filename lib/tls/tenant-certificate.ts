import { isContainerReference } from '../openstack/key-manager/reference.ts';
import { readPkcs12 } from './formats/pkcs12.ts';
import { certificateBundle, type Found } from './tenant-chain.ts';
import { readIntermediates } from './tenant-intermediates.ts';
import { certificatesAmong, pemBlocks, privateKeyAmong, textOf } from './tenant-pem.ts';
import { refusal } from './tenant-refusal.ts';
import type { TenantSecrets } from './tenant-secrets.ts';
import type { TlsUpload } from './tls-material.ts';

/** What every DER sequence, and so every PKCS#12 file, starts with. */
const SEQUENCE = 0x30;

const inSecret = async (secrets: TenantSecrets, reference: string): Promise<Found> => {
  const bytes = await secrets.payload(reference);
  if (bytes[0] === SEQUENCE) {
    try {
      return await readPkcs12(bytes);
    } catch {
      // The cause is dropped on purpose: it may quote the secret.
      throw refusal(reference, 'is no PKCS#12 that can be read without a passphrase');
    }
  }
  const blocks = pemBlocks(reference, textOf(reference, bytes));
  if (blocks.length === 0) throw refusal(reference, 'is neither PKCS#12 nor PEM');
  return {
    certificates: certificatesAmong(reference, blocks),
    keys: [await privateKeyAmong(reference, blocks, null)],
  };
};

const inContainer = async (secrets: TenantSecrets, reference: string): Promise<Found> => {
  const references = await secrets.container(reference);
  const part = (name: string): string => {
    const found = references.get(name);
    if (found === undefined) throw refusal(reference, `holds no ${name}`);
    return found;
  };
  const optional = async <T>(name: string, read: (ref: string, bytes: Uint8Array) => T): Promise<T | null> => {
    const found = references.get(name);
    return found === undefined ? null : read(found, await secrets.payload(found));
  };
  const [certificateRef, keyRef] = [part('certificate'), part('private_key')];
  const [certificate, privateKey, passphrase, intermediates] = await Promise.all([
    secrets.payload(certificateRef),
    secrets.payload(keyRef),
    optional('private_key_passphrase', textOf),
    optional('intermediates', readIntermediates),
  ]);
  const key = await privateKeyAmong(keyRef, pemBlocks(keyRef, textOf(keyRef, privateKey)), passphrase);
  const certificates = certificatesAmong(
    certificateRef,
    pemBlocks(certificateRef, textOf(certificateRef, certificate)),
  );
  if (certificates.length === 0) throw refusal(certificateRef, 'holds no certificate');
  return { certificates: [...certificates, ...(intermediates ?? [])], keys: [key] };
};

/**
 * A tenant's certificate with its key and chain, as one file. The reference is a secret's (PKCS#12 without passphrase,
 * or a PEM with all of it) or a certificate container's.
 * @throws CertificateRetrievalError, CloudUnavailableError
 */
export const tenantCertificate = async (secrets: TenantSecrets, reference: string): Promise<TlsUpload> => {
  const read = isContainerReference(reference) ? inContainer : inSecret;
  return certificateBundle(reference, await read(secrets, reference));
};
