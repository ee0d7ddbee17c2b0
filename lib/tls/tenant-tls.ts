import { CertificateRetrievalError } from '../errors/cloud.ts';
import type { CloudSession } from '../openstack/session.ts';
import { memoized } from './memoized.ts';
import { tenantAuthority, tenantRevocationList } from './tenant-authority.ts';
import { tenantCertificate } from './tenant-certificate.ts';
import { joinRefusals, refusal } from './tenant-refusal.ts';
import { tenantSecrets } from './tenant-secrets.ts';
import type { TlsUpload } from './tls-material.ts';
import type { TlsReferences } from './tls-references.ts';

/** The files behind them; certificates in the references' order. */
export interface TenantTls {
  readonly certificates: readonly TlsUpload[];
  readonly ca: TlsUpload | null;
  readonly crl: TlsUpload | null;
}

/**
 * Reads and checks all the references together.
 * @throws CertificateRetrievalError naming every reference that cannot be used, and why
 * @throws CloudUnavailableError the key manager cannot be asked now
 */
export type ReadTenantTls = (references: TlsReferences) => Promise<TenantTls>;

/** All promises' values, or all refusals as one. What is no refusal is thrown as it is. */
const all = async <T>(promises: readonly Promise<T>[]): Promise<readonly T[]> => {
  const refusals: CertificateRetrievalError[] = [];
  const settled = await Promise.allSettled(promises);
  const values = settled.flatMap((result) => {
    if (result.status === 'fulfilled') return [result.value];
    if (!(result.reason instanceof CertificateRetrievalError)) throw result.reason;
    refusals.push(result.reason);
    return [];
  });
  if (refusals.length > 0) throw joinRefusals(refusals);
  return values;
};

/** A reader that asks for each reference once, however many objects share it. Holds secrets: for one use. */
export const tenantTls = (session: CloudSession): ReadTenantTls => {
  const secrets = tenantSecrets(session);
  const certificate = memoized((reference) => tenantCertificate(secrets, reference));
  const authority = memoized((reference) => tenantAuthority(secrets, reference));
  const revocationList = async (reference: string, ca: string | null): Promise<TlsUpload> => {
    if (ca === null) throw refusal(reference, 'is a revocation list without a CA');
    return tenantRevocationList(secrets, reference, await authority(ca));
  };

  return async ({ certificates, ca, crl }) => {
    const files = await all<TlsUpload | null>([
      ca === null ? Promise.resolve(null) : authority(ca),
      crl === null ? Promise.resolve(null) : revocationList(crl, ca),
      ...certificates.map(certificate),
    ]);
    const [caFile = null, crlFile = null, ...certificateFiles] = files;
    return { ca: caFile, crl: crlFile, certificates: certificateFiles.filter((file) => file !== null) };
  };
};
