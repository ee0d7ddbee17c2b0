import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]+?-----END \1-----/;

/** Every certificate in a PEM, in its order. @throws ConfigurationError when there is none or one is broken */
export const certificatesIn = (setting: string, pem: string): readonly [X509Certificate, ...X509Certificate[]] => {
  const [first, ...others] = pem.match(CERTIFICATE) ?? [];
  if (first === undefined) throw new ConfigurationError(setting, 'holds no certificate');
  try {
    return [new X509Certificate(first), ...others.map((block) => new X509Certificate(block))];
  } catch {
    throw new ConfigurationError(setting, 'holds a certificate that cannot be read');
  }
};

/**
 * The first private key in a PEM, decrypted: PKCS#8, PKCS#1 or SEC1.
 * @throws ConfigurationError when there is none, or the passphrase is missing or wrong. The cause is dropped on purpose.
 */
export const privateKeyIn = (setting: string, pem: string, passphrase: string | null): KeyObject => {
  const block = pem.match(PRIVATE_KEY)?.[0];
  if (block === undefined) throw new ConfigurationError(setting, 'holds no private key');
  try {
    return createPrivateKey({ key: block, format: 'pem', ...(passphrase === null ? {} : { passphrase }) });
  } catch {
    throw new ConfigurationError(setting, 'holds a private key that cannot be read (is its passphrase right?)');
  }
};

/** @throws ConfigurationError unless the key is RSA or elliptic curve and belongs to the certificate */
export const checkPair = (setting: string, certificate: X509Certificate, key: KeyObject): void => {
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec') {
    throw new ConfigurationError(setting, `must be an RSA or elliptic curve key, is ${key.asymmetricKeyType}`);
  }
  if (!certificate.checkPrivateKey(key)) throw new ConfigurationError(setting, 'does not belong to its certificate');
};

/** The key in the traditional, unencrypted layout (SEC1 or PKCS#1) that the agent's TLS library reads. */
export const keyToPem = (key: KeyObject): string =>
  key.export({ type: key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs1', format: 'pem' }).toString();
