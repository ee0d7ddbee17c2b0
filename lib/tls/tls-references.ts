import { type Listener, ListenerProtocol } from '../models/objects/listener.ts';
import type { Pool } from '../models/objects/pool.ts';
import { ProvisioningStatus } from '../models/statuses.ts';

/** References of the key manager that one listener or pool has. */
export interface TlsReferences {
  readonly certificates: readonly string[];
  readonly ca: string | null;
  /** Only together with a CA. */
  readonly crl: string | null;
}

const TERMINATING: ReadonlySet<string> = new Set([ListenerProtocol.TERMINATED_HTTPS, ListenerProtocol.PROMETHEUS]);

const stays = ({ provisioning_status }: Listener | Pool): boolean =>
  provisioning_status !== ProvisioningStatus.PENDING_DELETE;

/** What a listener's bind lines need, the default certificate first; null when they need nothing. */
export const listenerReferences = (listener: Listener): TlsReferences | null => {
  if (!stays(listener) || !TERMINATING.has(listener.protocol)) return null;
  const { tls_certificate_id, sni_containers, client_ca_tls_certificate_id: ca } = listener;
  const certificates = tls_certificate_id === null ? sni_containers : [tls_certificate_id, ...sni_containers];
  if (certificates.length === 0) return null;
  return { certificates: [...new Set(certificates)], ca, crl: ca && listener.client_crl_container_id };
};

/** What a pool names, whether TLS is on or off; null when it names nothing. */
export const namedByPool = (pool: Pool): TlsReferences | null => {
  const { tls_certificate_id, ca_tls_certificate_id: ca } = pool;
  if (tls_certificate_id === null && ca === null) return null;
  return {
    certificates: tls_certificate_id === null ? [] : [tls_certificate_id],
    ca,
    crl: ca && pool.crl_container_id,
  };
};

/** What a pool's server lines need; null when they need nothing. */
export const poolReferences = (pool: Pool): TlsReferences | null =>
  stays(pool) && pool.tls_enabled ? namedByPool(pool) : null;
