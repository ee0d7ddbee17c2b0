import { remembered } from '../../settings/remembered.ts';
import { certificatesIn, checkPair, keyToPem, privateKeyIn } from '../../tls/formats/pem-blocks.ts';
import type { CertificateDriver } from './certificate-driver.ts';
import type { ReadPem } from './pem-source.ts';

/** Each source is the path of a PEM file, or `secret:<Secrets Manager id>`. */
export interface AgentCredentialsSettings {
  readonly serverCa: string;
  readonly clientCertificate: string;
}

export interface AgentCredentialsDependencies {
  readonly settings: AgentCredentialsSettings;
  readonly readPem: ReadPem;
  /** Milliseconds UTC. @default Date.now */
  readonly now?: () => number;
}

/**
 * The worker's side of the mutual TLS, apart from the driver: a function that only calls agents need not carry what
 * signs certificates. The same object is answered until it is read again.
 */
export const agentCredentialsReader = ({
  settings,
  readPem,
  now = Date.now,
}: AgentCredentialsDependencies): CertificateDriver['agentCredentials'] =>
  remembered(now, async () => {
    const [pem, caPem] = await Promise.all([
      readPem('CLIENT_CERTIFICATE', settings.clientCertificate),
      readPem('SERVER_CA_CERTIFICATE', settings.serverCa),
    ]);
    const chain = certificatesIn('CLIENT_CERTIFICATE', pem);
    const key = privateKeyIn('CLIENT_CERTIFICATE', pem, null);
    checkPair('CLIENT_CERTIFICATE', chain[0], key);
    return { cert: chain.join(''), key: keyToPem(key), ca: certificatesIn('SERVER_CA_CERTIFICATE', caPem).join('') };
  });
