import { type Listener, ListenerProtocol } from '../../../lib/models/objects/listener.ts';
import type { LoadBalancer } from '../../../lib/models/objects/load-balancer.ts';
import type { Pool } from '../../../lib/models/objects/pool.ts';
import { vipsOf } from '../../../lib/steps/network/plug-facts.ts';
import { childlessListener, disabledOption, invalidOption, validationFailure } from '../answers/refusals.ts';
import type { ApiSettings } from '../request/dependencies.ts';
import { checkGroupsBesideCidrs } from '../vip/protection.ts';
import { checkPoolProtocol, hasCertificate, terminatesTls } from './protocols.ts';

/** What a listener is measured against. */
export interface ListenerSurroundings {
  /** null while they are not known. */
  readonly loadBalancer: Pick<LoadBalancer, 'vip' | 'additional_vips'> | null;
  readonly defaultPool: Pick<Pool, 'protocol'> | null;
  readonly settings: Pick<ApiSettings, 'allowTlsTerminatedListeners' | 'allowPrometheusListeners'>;
}

const SUPPORTING_HEADERS: ReadonlySet<string> = new Set([ListenerProtocol.HTTP, ListenerProtocol.TERMINATED_HTTPS]);
const DATAGRAM: ReadonlySet<string> = new Set([ListenerProtocol.UDP, ListenerProtocol.SCTP]);

const checkProtocol = (listener: Listener, { settings }: ListenerSurroundings): void => {
  const { protocol, default_pool_id } = listener;
  if (terminatesTls(listener) && !settings.allowTlsTerminatedListeners) {
    throw disabledOption('protocol', protocol === ListenerProtocol.PROMETHEUS ? `${protocol} with TLS` : protocol);
  }
  if (protocol !== ListenerProtocol.PROMETHEUS) return;
  if (!settings.allowPrometheusListeners) throw disabledOption('protocol', protocol);
  if (default_pool_id !== null) throw childlessListener(protocol);
};

const checkHeaders = ({ protocol, insert_headers }: Listener): void => {
  const names = Object.keys(insert_headers);
  if (names.length === 0) return;
  if (!SUPPORTING_HEADERS.has(protocol)) throw invalidOption('insert-headers', `a ${protocol} protocol listener.`);
  const ssl = names.filter((name) => name.startsWith('X-SSL-'));
  if (ssl.length > 0 && protocol !== ListenerProtocol.TERMINATED_HTTPS) {
    throw invalidOption(ssl.join(', '), `${protocol} protocol listener.`);
  }
};

const checkCertificates = (listener: Listener): void => {
  const { protocol, client_authentication, client_crl_container_id: crl } = listener;
  const ca = listener.client_ca_tls_certificate_id;
  const certified = hasCertificate(listener);
  const terminates = protocol === ListenerProtocol.TERMINATED_HTTPS;
  if (DATAGRAM.has(protocol) && (certified || ca !== null || crl !== null)) {
    throw validationFailure(`${protocol} protocol listener does not support TLS or header insertion.`);
  }
  if (certified && !terminatesTls(listener)) {
    throw validationFailure(`Certificate container references are not allowed on ${protocol} protocol listeners.`);
  }
  if (terminates && !certified) {
    throw validationFailure(
      `An SNI or default certificate container reference must be provided with ${protocol} protocol listeners.`,
    );
  }
  if (ca !== null && !certified) {
    throw validationFailure('An SNI or default certificate container reference must be provided with a client CA.');
  }
  if (client_authentication !== 'NONE' && ca === null) {
    throw validationFailure(
      `Client authentication setting ${client_authentication} requires a client CA container reference.`,
    );
  }
  if (crl !== null && ca === null) {
    throw validationFailure(
      'A client authentication CA reference is required to specify a client authentication revocation list.',
    );
  }
};

const checkHsts = ({ protocol, hsts_max_age, hsts_include_subdomains, hsts_preload }: Listener): void => {
  const refined = hsts_include_subdomains || hsts_preload;
  if (hsts_max_age === null && !refined) return;
  if (protocol !== ListenerProtocol.TERMINATED_HTTPS) {
    throw invalidOption('HSTS', `${protocol} protocol listener, only for TERMINATED_HTTPS.`);
  }
  if (hsts_max_age === null) {
    throw validationFailure('HSTS configuration options hsts_include_subdomains and hsts_preload need hsts_max_age.');
  }
};

/** Whether address blocks are valid sources for the worker's rules, of a family that a VIP has. @throws ApiError 400 */
export const checkCidrs = (
  listener: Pick<Listener, 'allowed_cidrs'>,
  loadBalancer: Pick<LoadBalancer, 'vip' | 'additional_vips'>,
): void => {
  checkGroupsBesideCidrs(loadBalancer.vip, [listener]);
  const vips = vipsOf(loadBalancer).map(({ ip_address }) => ip_address);
  for (const cidr of listener.allowed_cidrs) {
    if (vips.some((vip) => vip.includes(':') === cidr.includes(':'))) continue;
    throw validationFailure(`CIDR ${cidr} IP version incompatible with all VIPs ${vips.join(', ')} IP version.`);
  }
};

/** Whether a listener, new or as it will be after a change, makes sense. @throws ApiError 400 */
export const checkListener = (listener: Listener, surroundings: ListenerSurroundings): void => {
  checkProtocol(listener, surroundings);
  checkHeaders(listener);
  checkCertificates(listener);
  checkHsts(listener);
  if (surroundings.loadBalancer !== null) checkCidrs(listener, surroundings.loadBalancer);
  if (surroundings.defaultPool !== null) checkPoolProtocol(listener.protocol, surroundings.defaultPool.protocol);
};
