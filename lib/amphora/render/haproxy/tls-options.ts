import {
  ALPN_PROTOCOLS,
  type AlpnProtocol,
  type Listener,
  TLS_VERSIONS,
  type TlsVersion,
} from '../../../models/objects/listener.ts';
import { ciphersRule } from '../fields/tls.ts';
import { argument, refuse, type Subject } from '../guard.ts';
import { joinText, type SafeText, text } from '../text.ts';
import type { Context } from './context.ts';

const SWITCH_OFF: Readonly<Record<TlsVersion, SafeText>> = {
  SSLv3: text`no-sslv3`,
  TLSv1: text`no-tlsv10`,
  'TLSv1.1': text`no-tlsv11`,
  'TLSv1.2': text`no-tlsv12`,
  'TLSv1.3': text`no-tlsv13`,
};

const ALPN_NAME: Readonly<Record<AlpnProtocol, SafeText>> = {
  h2: text`h2`,
  'http/1.1': text`http/1.1`,
  'http/1.0': text`http/1.0`,
};

/** `no-...` for each version that is not wanted; no list, or an empty one, leaves the choice to haproxy. */
export const versionOptions = (subject: Subject, versions: Listener['tls_versions']): readonly SafeText[] => {
  if (versions === null || versions.length === 0) return [];
  const unknown = versions.some((version) => !TLS_VERSIONS.includes(version));
  if (unknown) return refuse(subject, 'tls_versions', 'has an unknown version');
  return TLS_VERSIONS.filter((version) => !versions.includes(version)).map((version) => SWITCH_OFF[version]);
};

const TLS_1_3_SUITES: ReadonlySet<string> = new Set([
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
]);

/**
 * The stored cipher string in its order. OpenSSL takes the suites of TLS 1.3 from `ciphersuites` and all others from
 * `ciphers`; in the wrong place a name counts for nothing. As in upstream, what no wanted version uses is left out.
 */
export const cipherOptions = (
  context: Context,
  subject: Subject,
  { tls_ciphers, tls_versions }: Pick<Listener, 'tls_ciphers' | 'tls_versions'>,
): readonly SafeText[] => {
  if (!tls_ciphers) return [];
  const gated = (ciphers: string): SafeText => argument(subject, 'tls_ciphers', ciphers, ciphersRule);
  const all = gated(tls_ciphers);
  if (!context.features.cipherSuites) return [text`ciphers ${all}`];
  const option = (
    name: SafeText,
    isVersion: (version: TlsVersion) => boolean,
    isCipher: (cipher: string) => boolean,
  ): readonly SafeText[] => {
    const ciphers = tls_ciphers.split(':').filter(isCipher);
    const isUsed = !tls_versions?.length || tls_versions.some(isVersion);
    return isUsed && ciphers.length > 0 ? [text`${name} ${gated(ciphers.join(':'))}`] : [];
  };
  return [
    ...option(
      text`ciphers`,
      (version) => version !== 'TLSv1.3',
      (cipher) => !TLS_1_3_SUITES.has(cipher),
    ),
    ...option(
      text`ciphersuites`,
      (version) => version === 'TLSv1.3',
      (cipher) => TLS_1_3_SUITES.has(cipher),
    ),
  ];
};

/** Protocols in the stored order, or null when there are none. */
export const alpnList = (subject: Subject, protocols: Listener['alpn_protocols']): SafeText | null => {
  if (protocols === null || protocols.length === 0) return null;
  const unknown = protocols.some((protocol) => !ALPN_PROTOCOLS.includes(protocol));
  if (unknown) return refuse(subject, 'alpn_protocols', 'has an unknown protocol');
  return joinText(
    protocols.map((protocol) => ALPN_NAME[protocol]),
    ',',
  );
};
