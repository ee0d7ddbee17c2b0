import type { ListenerTlsFiles, PoolTlsFiles } from '../../amphora/render/haproxy/input.ts';
import { amphoraConfig } from '../../config.ts';
import { CertificateRetrievalError } from '../../errors/cloud.ts';
import { type Listener, ListenerProtocol } from '../../models/listener.ts';
import type { Pool } from '../../models/pool.ts';
import { ProvisioningStatus } from '../../models/statuses.ts';
import type { CloudSession } from '../../openstack/session.ts';
import { type TenantTls, type TlsReferences, tenantTls } from './tenant-tls.ts';
import type { LoadTlsMaterial, TlsUpload } from './tls-material.ts';

const TERMINATING: ReadonlySet<string> = new Set([ListenerProtocol.TERMINATED_HTTPS, ListenerProtocol.PROMETHEUS]);

const stays = ({ provisioning_status }: Listener | Pool): boolean =>
  provisioning_status !== ProvisioningStatus.PENDING_DELETE;

/** The default certificate's reference first: it is what haproxy answers with when no name matches. */
const listenerReferences = (listener: Listener): TlsReferences => {
  const { tls_certificate_id, sni_containers, client_ca_tls_certificate_id: ca } = listener;
  const certificates = tls_certificate_id === null ? sni_containers : [tls_certificate_id, ...sni_containers];
  return { certificates: [...new Set(certificates)], ca, crl: ca === null ? null : listener.client_crl_container_id };
};

const poolReferences = ({ tls_certificate_id, ca_tls_certificate_id: ca, crl_container_id }: Pool): TlsReferences => ({
  certificates: tls_certificate_id === null ? [] : [tls_certificate_id],
  ca,
  crl: ca === null ? null : crl_container_id,
});

interface Wanted<T> {
  readonly object: T;
  readonly references: TlsReferences;
}

/** What came of one object's references. */
type Outcome<T> = { readonly object: T } & (
  | { readonly tls: TenantTls; readonly failure?: never }
  | { readonly tls?: never; readonly failure: CertificateRetrievalError }
);

const crtList = (listener: Listener, certificates: readonly TlsUpload[]): TlsUpload => {
  const folder = `${amphoraConfig().baseCertDir}/${listener.load_balancer_id}`;
  const lines = new Set(certificates.map(({ fileName }) => `${folder}/${fileName}\n`));
  return { fileName: `${listener.id}.pem`, pem: [...lines].join('') };
};

/** Each file once. One leaf may come with two chains: then the longer one is kept, as it suits both. */
const distinctUploads = (uploads: readonly TlsUpload[]): readonly TlsUpload[] => {
  const kept = new Map<string, TlsUpload>();
  for (const { fileName, pem } of uploads) {
    const former = kept.get(fileName);
    if (former === undefined || former.pem.length < pem.length) kept.set(fileName, { fileName, pem });
  }
  return [...kept.values()];
};

const filesOf = ({ certificates, ca, crl }: TenantTls): readonly TlsUpload[] =>
  [...certificates, ca, crl].filter((file) => file !== null);

/**
 * Fetches, from the key manager, what a tree's listeners and pools refer to. The session is opened only if there is
 * anything to fetch.
 * @throws CloudUnavailableError the key manager cannot be asked now: what runs on the amphorae should stay as it is
 */
export const tlsMaterialLoader =
  (openSession: () => CloudSession): LoadTlsMaterial =>
  async (tree) => {
    const listeners = tree.listeners
      .filter((listener) => stays(listener) && TERMINATING.has(listener.protocol))
      .map((object): Wanted<Listener> => ({ object, references: listenerReferences(object) }))
      .filter(({ references }) => references.certificates.length > 0);
    const pools = tree.pools
      .filter((pool) => stays(pool) && pool.tls_enabled)
      .map((object): Wanted<Pool> => ({ object, references: poolReferences(object) }))
      .filter(({ references }) => references.certificates.length > 0 || references.ca !== null);
    if (listeners.length === 0 && pools.length === 0) {
      const files = { listeners: new Map(), pools: new Map() };
      return { files, uploads: [], failedListeners: new Map(), failedPools: new Map() };
    }

    const read = tenantTls(openSession());
    const attempt = async <T>({ object, references }: Wanted<T>): Promise<Outcome<T>> => {
      try {
        return { object, tls: await read(references) };
      } catch (error) {
        if (!(error instanceof CertificateRetrievalError)) throw error;
        return { object, failure: error };
      }
    };
    const [ofListeners, ofPools] = await Promise.all([
      Promise.all(listeners.map(attempt<Listener>)),
      Promise.all(pools.map(attempt<Pool>)),
    ]);

    const listenerFiles = new Map<string, ListenerTlsFiles>();
    const poolFiles = new Map<string, PoolTlsFiles>();
    const failedListeners = new Map<string, CertificateRetrievalError>();
    const failedPools = new Map<string, CertificateRetrievalError>();
    const uploads: TlsUpload[] = [];
    for (const { object, tls, failure } of ofListeners) {
      if (tls === undefined) {
        failedListeners.set(object.id, failure);
        continue;
      }
      listenerFiles.set(object.id, { clientCa: tls.ca?.fileName ?? null, clientCrl: tls.crl?.fileName ?? null });
      uploads.push(...filesOf(tls), crtList(object, tls.certificates));
    }
    for (const { object, tls, failure } of ofPools) {
      if (tls === undefined) {
        failedPools.set(object.id, failure);
        continue;
      }
      poolFiles.set(object.id, {
        certificate: tls.certificates[0]?.fileName ?? null,
        ca: tls.ca?.fileName ?? null,
        crl: tls.crl?.fileName ?? null,
      });
      uploads.push(...filesOf(tls));
    }
    return {
      files: { listeners: listenerFiles, pools: poolFiles },
      uploads: distinctUploads(uploads),
      failedListeners,
      failedPools,
    };
  };
