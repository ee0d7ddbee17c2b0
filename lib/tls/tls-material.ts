import type { TlsFiles } from '../amphora/render/haproxy/input.ts';
import type { CertificateRetrievalError } from '../errors/cloud.ts';
import type { WorkerError } from '../errors/worker-error.ts';
import type { LoadBalancerTree } from '../models/objects/tree.ts';

/** A file an amphora needs before its configuration names it. Holds a private key: never logged, never stored. */
export interface TlsUpload {
  readonly fileName: string;
  readonly pem: string;
}

/** The tenant's certificates of one load balancer, fetched for one push. */
export interface TlsMaterial {
  readonly files: TlsFiles;
  readonly uploads: readonly TlsUpload[];
  /** By listener id: what kept its secrets from being used; it is left out of the push. */
  readonly failedListeners: ReadonlyMap<string, CertificateRetrievalError>;
  /** By pool id, likewise. */
  readonly failedPools: ReadonlyMap<string, CertificateRetrievalError>;
  /** By the id of a listener or pool: why it continues with the files that the amphora has. */
  readonly unread: ReadonlyMap<string, WorkerError>;
}

/**
 * Fetches what the tree's listeners and pools refer to; a tree without references costs nothing.
 * @param present files the amphora has, of objects whose references have not changed since: they are named again when
 * their secrets cannot be read, so that served objects continue. @default none
 */
export type LoadTlsMaterial = (tree: LoadBalancerTree, present?: TlsFiles) => Promise<TlsMaterial>;
