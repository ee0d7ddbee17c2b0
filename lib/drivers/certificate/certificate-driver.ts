/** A certificate and its private key. Never logged, never stored, never part of a flow's state. */
export interface AmphoraCertificate {
  /** Certificate PEM followed by the unencrypted key PEM, as the agent reads it. */
  readonly pem: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  /** SHA-256 fingerprint of the authority that signed it, like X509Certificate's `fingerprint256`. */
  readonly issuer: string;
}

/** Issues the amphorae's server certificates and holds the worker's side of the mutual TLS. */
export interface CertificateDriver {
  /** A new server certificate with CN and SAN = the amphora's id. */
  issueAmphoraCertificate(amphoraId: string): Promise<AmphoraCertificate>;
  /** The CA certificate amphorae check the worker against, PEM. */
  clientCa(): Promise<string>;
  /** What the worker shows an agent, and the CA it checks the agent against, PEM each. */
  agentCredentials(): Promise<{ readonly cert: string; readonly key: string; readonly ca: string }>;
}
