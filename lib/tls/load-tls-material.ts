import type { TlsFiles } from '../amphora/render/haproxy/input.ts';
import { CertificateRetrievalError } from '../errors/cloud.ts';
import { WorkerError } from '../errors/worker-error.ts';
import type { Listener } from '../models/objects/listener.ts';
import { type CloudSession, cloudSession } from '../openstack/session.ts';
import { amphoraConfig } from '../settings/config.ts';
import { type ReadTenantTls, type TenantTls, tenantTls } from './tenant-tls.ts';
import type { LoadTlsMaterial, TlsMaterial, TlsUpload } from './tls-material.ts';
import { listenerReferences, poolReferences, type TlsReferences } from './tls-references.ts';

type Wanted<T> = readonly (readonly [T, TlsReferences])[];

const wantedBy = <T>(objects: readonly T[], referencesOf: (object: T) => TlsReferences | null): Wanted<T> =>
  objects.flatMap((object) => {
    const references = referencesOf(object);
    return references === null ? [] : [[object, references] as const];
  });

/** What came of the references, object by object, in the objects' order. */
interface Outcome<T, Files> {
  readonly usable: readonly (readonly [T, TenantTls])[];
  readonly failed: ReadonlyMap<string, CertificateRetrievalError>;
  /** Objects that continue with the amphora's files. */
  readonly goingOn: ReadonlyMap<string, Files>;
  readonly unread: ReadonlyMap<string, WorkerError>;
}

const readAll = async <T extends { readonly id: string }, Files>(
  wanted: Wanted<T>,
  read: ReadTenantTls,
  present: ReadonlyMap<string, Files>,
): Promise<Outcome<T, Files>> => {
  const failed = new Map<string, CertificateRetrievalError>();
  const goingOn = new Map<string, Files>();
  const unread = new Map<string, WorkerError>();
  const results = wanted.map(async ([object, references]): Promise<readonly (readonly [T, TenantTls])[]> => {
    try {
      return [[object, await read(references)]];
    } catch (error) {
      const files = present.get(object.id);
      if (files !== undefined && error instanceof WorkerError) {
        goingOn.set(object.id, files);
        unread.set(object.id, error);
      } else if (error instanceof CertificateRetrievalError) failed.set(object.id, error);
      else throw error;
      return [];
    }
  });
  return { usable: (await Promise.all(results)).flat(), failed, goingOn, unread };
};

const nameOf = (file: TlsUpload | null | undefined): string | null => file?.fileName ?? null;

const crtList = (listener: Listener, { certificates }: TenantTls): TlsUpload => {
  const folder = `${amphoraConfig().baseCertDir}/${listener.load_balancer_id}`;
  const lines = new Set(certificates.map(({ fileName }) => `${folder}/${fileName}\n`));
  return { fileName: `${listener.id}.pem`, pem: [...lines].join('') };
};

/** Each file once. One leaf may come with two chains: then the longer one is kept, as it suits both. */
const distinct = (uploads: readonly (TlsUpload | null)[]): readonly TlsUpload[] => {
  const kept = new Map<string, TlsUpload>();
  for (const upload of uploads) {
    if (upload === null) continue;
    const former = kept.get(upload.fileName);
    if (former === undefined || former.pem.length < upload.pem.length) kept.set(upload.fileName, upload);
  }
  return [...kept.values()].map(({ fileName, pem }) => ({ fileName, pem }));
};

const filesOf = ({ certificates, ca, crl }: TenantTls) => [...certificates, ca, crl];

const noFiles = (): TlsFiles => ({ listeners: new Map(), pools: new Map() });

const nothing = (): TlsMaterial => ({
  files: noFiles(),
  uploads: [],
  failedListeners: new Map(),
  failedPools: new Map(),
  unread: new Map(),
});

/**
 * Fetches, from the key manager, what a tree's listeners and pools refer to. The session is opened only when there is
 * anything to fetch.
 * @param openSession @default cloudSession
 * @throws CloudUnavailableError the key manager cannot be asked now, and an object needs it
 */
export const loadTlsMaterial =
  (openSession: () => CloudSession = cloudSession): LoadTlsMaterial =>
  async (tree, present = noFiles()) => {
    const wantedListeners = wantedBy(tree.listeners, listenerReferences);
    const wantedPools = wantedBy(tree.pools, poolReferences);
    if (wantedListeners.length === 0 && wantedPools.length === 0) return nothing();
    const read = tenantTls(openSession());
    const [listeners, pools] = await Promise.all([
      readAll(wantedListeners, read, present.listeners),
      readAll(wantedPools, read, present.pools),
    ]);
    return {
      files: {
        listeners: new Map([
          ...listeners.goingOn,
          ...listeners.usable.map(
            ([{ id }, { ca, crl }]) => [id, { clientCa: nameOf(ca), clientCrl: nameOf(crl) }] as const,
          ),
        ]),
        pools: new Map([
          ...pools.goingOn,
          ...pools.usable.map(
            ([{ id }, { certificates, ca, crl }]) =>
              [id, { certificate: nameOf(certificates[0]), ca: nameOf(ca), crl: nameOf(crl) }] as const,
          ),
        ]),
      },
      uploads: distinct([
        ...listeners.usable.flatMap(([listener, tls]) => [...filesOf(tls), crtList(listener, tls)]),
        ...pools.usable.flatMap(([, tls]) => filesOf(tls)),
      ]),
      failedListeners: listeners.failed,
      failedPools: pools.failed,
      unread: new Map([...listeners.unread, ...pools.unread]),
    };
  };
