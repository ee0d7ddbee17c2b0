import type { Listener, ListenerProtocol } from '../../../lib/models/objects/listener.ts';
import type { PoolProtocol } from '../../../lib/models/objects/pool.ts';
import { childlessListener, protocolMismatch } from '../answers/refusals.ts';

const POOL_PROTOCOLS: Readonly<Record<ListenerProtocol, readonly PoolProtocol[]>> = Object.freeze({
  TCP: ['HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  HTTP: ['HTTP', 'PROXY', 'PROXYV2'],
  HTTPS: ['HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  TERMINATED_HTTPS: ['HTTP', 'PROXY', 'PROXYV2'],
  UDP: ['UDP'],
  SCTP: ['SCTP'],
  PROMETHEUS: [],
});

/** Whether a listener's traffic can go to a pool. @throws ApiError 400 */
export const checkPoolProtocol = (listener: ListenerProtocol, pool: PoolProtocol): void => {
  if (listener === 'PROMETHEUS') throw childlessListener(listener);
  if (!POOL_PROTOCOLS[listener].includes(pool)) throw protocolMismatch(pool, listener);
};

type Terminating = Pick<Listener, 'protocol' | 'tls_certificate_id' | 'sni_containers'>;

/** Whether a listener has a certificate to show. */
export const hasCertificate = ({ tls_certificate_id, sni_containers }: Omit<Terminating, 'protocol'>): boolean =>
  tls_certificate_id !== null || sni_containers.length > 0;

/** Whether the listener's clients use TLS with it. */
export const terminatesTls = (listener: Terminating): boolean =>
  listener.protocol === 'TERMINATED_HTTPS' || (listener.protocol === 'PROMETHEUS' && hasCertificate(listener));
