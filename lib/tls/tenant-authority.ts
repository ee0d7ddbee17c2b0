import { hash, verify, type X509Certificate } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BitString } from 'asn1js';
import { elementsOf, encodingOf, identifierOf, readAsn1 } from './formats/asn1.ts';
import { certificatesAmong, derOf, type PemBlock, pemBlocks, textOf } from './tenant-pem.ts';
import { refusal } from './tenant-refusal.ts';
import type { TenantSecrets } from './tenant-secrets.ts';
import type { TlsUpload } from './tls-material.ts';

const CRL_LABEL = 'X509 CRL';
/** Lists times authorities: any of them may have signed any. */
const MOST_SIGNATURES = 1_024;

/** Digests by signature algorithm (RSA, ECDSA, EdDSA); null is for those that have their own. */
const DIGESTS: ReadonlyMap<string, string | null> = new Map([
  ['1.2.840.113549.1.1.5', 'sha1'],
  ['1.2.840.113549.1.1.14', 'sha224'],
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.1', 'sha1'],
  ['1.2.840.10045.4.3.1', 'sha224'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.3.101.112', null],
  ['1.3.101.113', null],
]);

/** A file with the certificates in it. */
export interface TenantAuthority extends TlsUpload {
  readonly certificates: readonly X509Certificate[];
}

const fileOf = (bytes: Uint8Array, pem: string): TlsUpload => ({ fileName: `${hash('sha1', bytes)}.pem`, pem });

/**
 * The authorities whose certificates are accepted: PEM, as the tenant wrote it.
 * @throws CertificateRetrievalError, CloudUnavailableError
 */
export const tenantAuthority = async (secrets: TenantSecrets, reference: string): Promise<TenantAuthority> => {
  const bytes = await secrets.payload(reference);
  const pem = textOf(reference, bytes);
  const certificates = certificatesAmong(reference, pemBlocks(reference, pem));
  if (certificates.length === 0) throw refusal(reference, 'is not a CA certificate in PEM');
  return { ...fileOf(bytes, pem), certificates };
};

interface RevocationList {
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly algorithm: string;
}

const readList = (reference: string, block: PemBlock): RevocationList => {
  try {
    const [list, algorithm, signature] = elementsOf(readAsn1(derOf(block)));
    if (list === undefined || !(signature instanceof BitString)) throw new Error('no CertificateList');
    return {
      signed: encodingOf(list),
      signature: signature.valueBlock.valueHexView,
      algorithm: identifierOf(elementsOf(algorithm)[0]),
    };
  } catch {
    throw refusal(reference, 'holds a revocation list that cannot be read');
  }
};

const isSignedBy = ({ signed, signature }: RevocationList, digest: string | null, ca: X509Certificate): boolean => {
  try {
    return verify(digest, signed, ca.publicKey, signature);
  } catch {
    // The authority's key is not of the kind that signed.
    return false;
  }
};

const isSignedByAny = async (
  list: RevocationList,
  digest: string | null,
  authorities: readonly X509Certificate[],
): Promise<boolean> => {
  for (const authority of authorities) {
    await nextTurn();
    if (isSignedBy(list, digest, authority)) return true;
  }
  return false;
};

/**
 * The revocation list of an authority: PEM, as the tenant wrote it; one list for each authority is fine.
 * @throws CertificateRetrievalError, CloudUnavailableError
 */
export const tenantRevocationList = async (
  secrets: TenantSecrets,
  reference: string,
  { certificates }: TenantAuthority,
): Promise<TlsUpload> => {
  const bytes = await secrets.payload(reference);
  const pem = textOf(reference, bytes);
  const blocks = pemBlocks(reference, pem).filter(({ label }) => label === CRL_LABEL);
  if (blocks.length === 0) throw refusal(reference, 'is not a revocation list in PEM');
  if (blocks.length * certificates.length > MOST_SIGNATURES) {
    throw refusal(reference, 'holds too many revocation lists for the number of its authorities');
  }
  for (const block of blocks) {
    const list = readList(reference, block);
    const digest = DIGESTS.get(list.algorithm);
    if (digest === undefined) throw refusal(reference, `is signed with ${list.algorithm}, which is not supported`);
    if (!(await isSignedByAny(list, digest, certificates))) {
      throw refusal(reference, 'holds a revocation list that its CA has not signed');
    }
  }
  return fileOf(bytes, pem);
};
