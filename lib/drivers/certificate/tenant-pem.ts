import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { elementsOf, octetsOf, readAsn1 } from './asn1.ts';
import { passwordDecryption } from './password-decryption.ts';
import { refusal } from './tenant-refusal.ts';

const KEY_LABEL = /PRIVATE KEY$/;
const ENCRYPTED_KEY = 'ENCRYPTED PRIVATE KEY';

/** One block of a PEM, from its BEGIN to its END. */
export interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/** A secret's bytes as text. @throws CertificateRetrievalError */
export const textOf = (reference: string, bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal(reference, 'is not text');
  }
};

/** Every block of a PEM, in its order; none when it is no PEM. */
export const pemBlocks = (pem: string): readonly PemBlock[] =>
  [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g)].map(([text, label]) => ({
    label: label ?? '',
    text,
  }));

/** What is between a block's lines. Headers, which only old private keys have, are not for it. */
export const derOf = ({ text }: PemBlock): Uint8Array => Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');

/** @throws CertificateRetrievalError */
export const readCertificate = (reference: string, encoded: string | Uint8Array): X509Certificate => {
  try {
    return new X509Certificate(encoded);
  } catch {
    throw refusal(reference, 'holds a certificate that cannot be read');
  }
};

/** The certificates among some blocks, in their order. @throws CertificateRetrievalError when one is broken */
export const certificatesAmong = (reference: string, blocks: readonly PemBlock[]): readonly X509Certificate[] =>
  blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ text }) => readCertificate(reference, text));

const decryptKey = async (block: PemBlock, passphrase: string): Promise<KeyObject> => {
  const [algorithm, data] = elementsOf(readAsn1(derOf(block)));
  if (algorithm === undefined) throw new Error('a key without algorithm');
  const password = { utf8: Buffer.from(passphrase), utf16: Buffer.from(`${passphrase}\0`, 'utf16le').swap16() };
  const der = await passwordDecryption()(algorithm, octetsOf(data), password);
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
};

/**
 * The first private key among some blocks, decrypted: PKCS#8, PKCS#1 or SEC1.
 * @throws CertificateRetrievalError there is none, or the passphrase is missing or wrong. The cause is dropped on purpose.
 */
export const privateKeyAmong = async (
  reference: string,
  blocks: readonly PemBlock[],
  passphrase: string | null,
): Promise<KeyObject> => {
  const block = blocks.find(({ label }) => KEY_LABEL.test(label));
  if (block === undefined) throw refusal(reference, 'holds no private key');
  try {
    // The runtime's own reader would do as many rounds of key derivation as the tenant's file asks for.
    if (block.label === ENCRYPTED_KEY) return await decryptKey(block, passphrase ?? '');
    return createPrivateKey({ key: block.text, format: 'pem', ...(passphrase === null ? {} : { passphrase }) });
  } catch {
    throw refusal(
      reference,
      passphrase === null
        ? 'holds a private key that cannot be read without a passphrase'
        : 'holds a private key that cannot be read with its passphrase',
    );
  }
};
