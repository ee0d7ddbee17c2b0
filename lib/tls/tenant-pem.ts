import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { elementsOf, octetsOf, readAsn1 } from './formats/asn1.ts';
import { passwordDecryption } from './formats/password-decryption.ts';
import { refusal } from './tenant-refusal.ts';

const KEY_LABEL = /PRIVATE KEY$/;
const ENCRYPTED_KEY = 'ENCRYPTED PRIVATE KEY';
/** Layouts of keys that are not encrypted as a whole, by their labels. */
const LAYOUTS: ReadonlyMap<string, 'pkcs8' | 'pkcs1' | 'sec1'> = new Map([
  ['PRIVATE KEY', 'pkcs8'],
  ['RSA PRIVATE KEY', 'pkcs1'],
  ['EC PRIVATE KEY', 'sec1'],
]);
/** Old keys say by a header that they are encrypted; their key derivation is a single round. */
const OLD_ENCRYPTION = /^Proc-Type: *4,ENCRYPTED/m;

const BEGIN = '-----BEGIN ';
const DASHES = '-----';
/** Bundles of authorities have some 150. */
const MOST_BLOCKS = 256;

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

/**
 * Every block of a PEM, in its order; none when it is no PEM. A block has no other within it, and what does not end as it
 * began is left out.
 * @throws CertificateRetrievalError there are more than MOST_BLOCKS
 */
export const pemBlocks = (reference: string, pem: string): readonly PemBlock[] => {
  const blocks: PemBlock[] = [];
  for (let start = pem.indexOf(BEGIN); start >= 0; ) {
    const body = pem.indexOf(DASHES, start + BEGIN.length);
    const end = body < 0 ? -1 : pem.indexOf(DASHES, body + DASHES.length);
    if (end < 0) break;
    const label = pem.slice(start + BEGIN.length, body);
    const closing = `-----END ${label}-----`;
    const whole = pem.startsWith(closing, end);
    if (whole) blocks.push({ label, text: pem.slice(start, end + closing.length) });
    if (blocks.length > MOST_BLOCKS) throw refusal(reference, `holds more than ${MOST_BLOCKS} blocks of PEM`);
    start = pem.indexOf(BEGIN, whole ? end + closing.length : body);
  }
  return blocks;
};

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
    if (block.label === ENCRYPTED_KEY) return await decryptKey(block, passphrase ?? '');
    const type = LAYOUTS.get(block.label);
    if (type === undefined) throw new Error('a key of another kind');
    // With a passphrase OpenSSL does as many rounds of key derivation as the file asks for, whatever its label says.
    if (type === 'pkcs8' || !OLD_ENCRYPTION.test(block.text)) {
      return createPrivateKey({ key: Buffer.from(derOf(block)), format: 'der', type });
    }
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
