import type { ClientAuthentication, Listener } from '../../../models/objects/listener.ts';
import { lookup, refuse, type Subject, whole } from '../guard.ts';
import { type SafeText, text } from '../text.ts';
import { type Context, pemPath } from './context.ts';
import { alpnList, cipherOptions, versionOptions } from './tls-options.ts';

const VERIFY: Readonly<Record<ClientAuthentication, SafeText>> = {
  NONE: text`none`,
  OPTIONAL: text`optional`,
  MANDATORY: text`required`,
};

/** Listeners that may take TLS off: theirs is the crt-list. */
export const mayTerminateTls = (listener: Listener): boolean =>
  listener.protocol === 'TERMINATED_HTTPS' || listener.protocol === 'PROMETHEUS';

export const hasCertificate = (listener: Listener): boolean =>
  listener.tls_certificate_id !== null || listener.sni_containers.length > 0;

const tlsOptions = (context: Context, listener: Listener, id: SafeText, subject: Subject): readonly SafeText[] => {
  if (!mayTerminateTls(listener)) return [];
  if (!hasCertificate(listener)) {
    // In plain text, the redirect to https would send clients round and round.
    return listener.protocol === 'TERMINATED_HTTPS' ? refuse(subject, 'tls_certificate_id', 'is missing') : [];
  }
  const files = context.tls.listeners.get(listener.id);
  const options = [text`ssl crt-list ${context.certificateFolder}/${id}.pem`];
  const ca = pemPath(
    context,
    subject,
    'client_ca_tls_certificate_id',
    listener.client_ca_tls_certificate_id,
    files?.clientCa,
  );
  if (ca) {
    const verify = lookup(subject, 'client_authentication', listener.client_authentication, VERIFY);
    options.push(text`ca-file ${ca} verify ${verify}`);
    const crl = pemPath(
      context,
      subject,
      'client_crl_container_id',
      listener.client_crl_container_id,
      files?.clientCrl,
    );
    if (crl) options.push(text`crl-file ${crl}`);
  } else if (listener.client_authentication === 'MANDATORY') {
    refuse(subject, 'client_ca_tls_certificate_id', 'is missing, and client authentication is mandatory');
  }
  options.push(...cipherOptions(context, subject, listener), ...versionOptions(subject, listener.tls_versions));
  const alpn = alpnList(subject, listener.alpn_protocols);
  if (alpn) options.push(text`alpn ${alpn}`);
  return options;
};

/** One `bind` line for each address; the agent reads them word by word, so there is one space between words. */
export const bindLines = (
  context: Context,
  listener: Listener,
  id: SafeText,
  subject: Subject,
): readonly SafeText[] => {
  const port = whole(subject, 'protocol_port', listener.protocol_port, 1, 65_535);
  const options = tlsOptions(context, listener, id, subject).map((option) => text` ${option}`);
  return context.vips.map((vip) =>
    options.reduce((line, option) => text`${line}${option}`, text`    bind ${vip}:${port}`),
  );
};
