import { ALPN_PROTOCOLS, type AlpnProtocol, TLS_VERSIONS, type TlsVersion } from '../../../models/listener.ts';
import { ciphersRule } from '../fields/tls.ts';
import { argument, refuse, type Subject } from '../guard.ts';
import { joinText, type SafeText, text } from '../text.ts';

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

/** `no-...` for each version that is not wanted; an empty list leaves the choice to haproxy. */
export const versionOptions = (subject: Subject, versions: readonly TlsVersion[]): readonly SafeText[] => {
  if (versions.length === 0) return [];
  const unknown = versions.some((version) => !TLS_VERSIONS.includes(version));
  if (unknown) return refuse(subject, 'tls_versions', 'has an unknown version');
  return TLS_VERSIONS.filter((version) => !versions.includes(version)).map((version) => SWITCH_OFF[version]);
};

export const cipherOptions = (subject: Subject, ciphers: string | null): readonly SafeText[] =>
  ciphers === null ? [] : [text`ciphers ${argument(subject, 'tls_ciphers', ciphers, ciphersRule)}`];

/** Protocols in the stored order, or null when there are none. */
export const alpnList = (subject: Subject, protocols: readonly AlpnProtocol[]): SafeText | null => {
  if (protocols.length === 0) return null;
  const unknown = protocols.some((protocol) => !ALPN_PROTOCOLS.includes(protocol));
  if (unknown) return refuse(subject, 'alpn_protocols', 'has an unknown protocol');
  return joinText(
    protocols.map((protocol) => ALPN_NAME[protocol]),
    ',',
  );
};
