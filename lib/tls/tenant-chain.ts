import { hash, type KeyObject, type X509Certificate } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { keyToPem } from './formats/pem-blocks.ts';
import { refusal } from './tenant-refusal.ts';
import type { TlsUpload } from './tls-material.ts';

/** What was found behind a reference, in any order. */
export interface Found {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly KeyObject[];
}

/** Chains have some 4. Each certificate is compared with each other one. */
const MOST_CERTIFICATES = 20;

const KEY_TYPES: ReadonlySet<string | undefined> = new Set(['rsa', 'ec']);

/** One attribute of a subject stands in each line; some share a line. */
const COMMON_NAME = /(?:^|\+ ?)CN=./m;

const isIssuerOf = async (issuer: X509Certificate, certificate: X509Certificate): Promise<boolean> => {
  if (!certificate.checkIssued(issuer)) return false;
  // A signature of a large key takes milliseconds: other requests of the process run in between.
  await nextTurn();
  return certificate.verify(issuer.publicKey);
};

const isSelfSigned = (certificate: X509Certificate): Promise<boolean> => isIssuerOf(certificate, certificate);

const issuerAmong = async (candidates: Iterable<X509Certificate>, certificate: X509Certificate) => {
  for (const candidate of candidates) if (await isIssuerOf(candidate, certificate)) return candidate;
  return undefined;
};

const issuedAny = async (issuer: X509Certificate, certificates: readonly X509Certificate[]): Promise<boolean> => {
  for (const certificate of certificates) {
    if (certificate !== issuer && (await isIssuerOf(issuer, certificate))) return true;
  }
  return false;
};

/** The key and the certificate that belong together; the first pair when there are several. */
const pairOf = (reference: string, { certificates, keys }: Found) => {
  if (certificates.length === 0) throw refusal(reference, 'holds no certificate');
  if (keys.length === 0) throw refusal(reference, 'holds no private key');
  const usable = keys.filter((key) => KEY_TYPES.has(key.asymmetricKeyType));
  if (usable.length === 0) throw refusal(reference, 'holds a key that is neither RSA nor elliptic curve');
  for (const key of usable) {
    const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
    if (leaf !== undefined) return { leaf, key };
  }
  throw refusal(reference, 'holds a private key that belongs to none of its certificates');
};

/**
 * The other certificates from the leaf's issuer to the root. Alternative issuers (cross-signed ones) come last.
 * @throws CertificateRetrievalError one of them has issued nothing in the chain
 */
const orderChain = async (reference: string, leaf: X509Certificate, others: readonly X509Certificate[]) => {
  const chain: X509Certificate[] = [];
  const left = new Set(others);
  let last: X509Certificate | undefined = leaf;
  while (last !== undefined && !(await isSelfSigned(last))) {
    last = await issuerAmong(left, last);
    if (last === undefined) break;
    left.delete(last);
    chain.push(last);
  }
  for (const other of left) {
    if (!(await issuedAny(other, [leaf, ...others]))) {
      throw refusal(reference, `holds a certificate that is no part of its chain (${other.fingerprint256})`);
    }
  }
  return [...chain, ...left];
};

const distinct = (certificates: readonly X509Certificate[]): readonly X509Certificate[] => [
  ...new Map(certificates.map((certificate) => [certificate.fingerprint256, certificate])).values(),
];

/**
 * The file haproxy loads: the leaf, its key in the traditional layout without encryption, then its issuers up to the
 * root. It is named by the leaf.
 * @throws CertificateRetrievalError key and certificate do not match, the leaf names no host, or the chain is mixed up
 */
export const certificateBundle = async (reference: string, found: Found): Promise<TlsUpload> => {
  if (found.certificates.length > MOST_CERTIFICATES) {
    throw refusal(reference, `holds more than ${MOST_CERTIFICATES} certificates`);
  }
  const { leaf, key } = pairOf(reference, found);
  if (!COMMON_NAME.test(leaf.subject) && leaf.subjectAltName === undefined) {
    throw refusal(reference, 'holds a certificate with neither a common name nor a subject alternative name');
  }
  const others = distinct(found.certificates).filter(({ fingerprint256 }) => fingerprint256 !== leaf.fingerprint256);
  const chain = await orderChain(reference, leaf, others);
  const leafPem = leaf.toString();
  const parts = [leafPem, keyToPem(key), ...chain.map((certificate) => certificate.toString())];
  return {
    fileName: `${hash('sha1', leafPem)}.pem`,
    pem: `${parts.map((part) => part.trim()).join('\n')}\n`,
  };
};
