import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type Asn1, elementsOf, encodingOf, identifierOf, inside, octetsOf, readAsn1, tagged } from './asn1.ts';
import { type Decrypt, type Password, passwordDecryption } from './password-decryption.ts';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const KEY_BAG = '1.2.840.113549.1.12.10.1.1';
const ENCRYPTED_KEY_BAG = '1.2.840.113549.1.12.10.1.2';
const CERTIFICATE_BAG = '1.2.840.113549.1.12.10.1.3';
const NESTED_BAGS = '1.2.840.113549.1.12.10.1.6';
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';

const NOTHING = new Uint8Array();
/** "No password" is the empty text for some writers and no text at all for others, which is not the same key. */
const NO_PASSWORDS: readonly Password[] = [
  { utf8: NOTHING, utf16: new Uint8Array(2) },
  { utf8: NOTHING, utf16: NOTHING },
];

/** What a PKCS#12 file holds, in its order. */
export interface Pkcs12 {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly KeyObject[];
}

type Opened = { readonly certificate: X509Certificate } | { readonly key: KeyObject };

const privateKey = (der: Uint8Array): Opened => ({
  key: createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }),
});

const openBags = async (bags: Asn1, decrypt: Decrypt, password: Password): Promise<readonly Opened[]> => {
  const opened: Opened[] = [];
  for (const bag of elementsOf(bags)) {
    const parts = elementsOf(bag);
    const kind = identifierOf(parts[0]);
    const value = inside(parts, 0);
    if (kind === KEY_BAG) {
      opened.push(privateKey(encodingOf(value)));
    } else if (kind === ENCRYPTED_KEY_BAG) {
      const [algorithm, data] = elementsOf(value);
      if (algorithm === undefined) throw new Error('PKCS#12: a key without algorithm');
      opened.push(privateKey(await decrypt(algorithm, octetsOf(data), password)));
    } else if (kind === CERTIFICATE_BAG) {
      const [type, ...content] = elementsOf(value);
      if (identifierOf(type) !== X509_CERTIFICATE) continue;
      opened.push({ certificate: new X509Certificate(octetsOf(inside(content, 0))) });
    } else if (kind === NESTED_BAGS) {
      opened.push(...(await openBags(value, decrypt, password)));
    }
  }
  return opened;
};

const openContent = async (content: Asn1, decrypt: Decrypt, password: Password): Promise<readonly Opened[]> => {
  const parts = elementsOf(content);
  const kind = identifierOf(parts[0]);
  const value = inside(parts, 0);
  if (kind === DATA) return openBags(readAsn1(octetsOf(value)), decrypt, password);
  if (kind !== ENCRYPTED_DATA) throw new Error('PKCS#12: encrypted for someone else');
  const encrypted = elementsOf(elementsOf(value)[1]);
  const algorithm = encrypted[1];
  if (algorithm === undefined) throw new Error('PKCS#12: encrypted content without algorithm');
  const bags = await decrypt(algorithm, octetsOf(tagged(encrypted, 0)), password);
  return openBags(readAsn1(bags), decrypt, password);
};

const open = async (contents: readonly Asn1[], decrypt: Decrypt, password: Password): Promise<Pkcs12> => {
  const opened: Opened[] = [];
  for (const content of contents) opened.push(...(await openContent(content, decrypt, password)));
  return {
    certificates: opened.flatMap((one) => ('certificate' in one ? one.certificate : [])),
    keys: opened.flatMap((one) => ('key' in one ? one.key : [])),
  };
};

/**
 * Reads a PKCS#12 file (RFC 7292) that no password protects. Its checksum is keyed with that same "no password", so it
 * proves nothing, and is not looked at.
 * @throws Error it is none, or needs a password
 */
export const readPkcs12 = async (bytes: Uint8Array): Promise<Pkcs12> => {
  const authSafe = elementsOf(elementsOf(readAsn1(bytes))[1]);
  if (identifierOf(authSafe[0]) !== DATA) throw new Error('PKCS#12: signed instead of keyed with a password');
  const contents = elementsOf(readAsn1(octetsOf(inside(authSafe, 0))));
  const decrypt = passwordDecryption();
  let failure: unknown;
  for (const password of NO_PASSWORDS) {
    try {
      return await open(contents, decrypt, password);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
};
