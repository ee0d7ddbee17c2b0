import type { X509Certificate } from 'node:crypto';
import { Sequence } from 'asn1js';
import { elementsOf, encodingOf, identifierOf, inside, readAsn1, tagged } from './formats/asn1.ts';
import { certificatesAmong, derOf, pemBlocks, readCertificate } from './tenant-pem.ts';
import { refusal } from './tenant-refusal.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const PKCS7_LABELS = new Set(['PKCS7', 'CMS']);

/** The certificates that a PKCS#7 message (RFC 5652, SignedData) carries. */
const certificatesOfPkcs7 = (reference: string, der: Uint8Array): readonly X509Certificate[] => {
  let encoded: readonly Uint8Array[];
  try {
    const message = elementsOf(readAsn1(der));
    if (identifierOf(message[0]) !== SIGNED_DATA) throw new Error('PKCS#7: not SignedData');
    const certificates = elementsOf(tagged(elementsOf(inside(message, 0)), 0));
    // Other kinds of certificates have tags of their own.
    encoded = certificates.filter((choice) => choice instanceof Sequence).map(encodingOf);
  } catch {
    throw refusal(reference, 'is neither PEM nor PKCS#7');
  }
  return encoded.map((certificate) => readCertificate(reference, certificate));
};

/**
 * Intermediate certificates as tenants keep them: a PEM chain, or PKCS#7 as PEM or DER.
 * @throws CertificateRetrievalError it is none of these, or holds no certificate
 */
export const readIntermediates = (reference: string, bytes: Uint8Array): readonly X509Certificate[] => {
  const blocks = pemBlocks(reference, Buffer.from(bytes).toString('latin1'));
  const wrapped = blocks.filter(({ label }) => PKCS7_LABELS.has(label));
  const found =
    blocks.length === 0
      ? certificatesOfPkcs7(reference, bytes)
      : [
          ...certificatesAmong(reference, blocks),
          ...wrapped.flatMap((block) => certificatesOfPkcs7(reference, derOf(block))),
        ];
  if (found.length === 0) throw refusal(reference, 'holds no certificate');
  return found;
};
