import { ConfigurationError } from '../../errors/configuration.ts';
import { remembered } from '../../settings/remembered.ts';
import { certificatesIn, checkPair, privateKeyIn } from '../../tls/formats/pem-blocks.ts';
import { type AgentCredentialsSettings, agentCredentialsReader } from './agent-credentials.ts';
import { issueCertificate, type LoadedAuthority } from './authority.ts';
import type { CertificateDriver } from './certificate-driver.ts';
import type { ReadPem } from './pem-source.ts';

/** Each source is the path of a PEM file, or `secret:<Secrets Manager id>`. */
export interface LocalCertificateSettings extends AgentCredentialsSettings {
  readonly serverCaKey: string;
  readonly serverCaKeyPassphrase: string | null;
  readonly clientCa: string;
  /** Seconds. */
  readonly certValidityTime: number;
}

export interface LocalCertificateDependencies {
  readonly settings: LocalCertificateSettings;
  readonly readPem: ReadPem;
  /** Milliseconds UTC. @default Date.now */
  readonly now?: () => number;
}

/** Signs the amphorae's certificates with an authority whose key the worker holds. */
export const localCertificateDriver = ({
  settings,
  readPem,
  now = Date.now,
}: LocalCertificateDependencies): CertificateDriver => {
  const authority = remembered(now, async (): Promise<LoadedAuthority> => {
    const [certPem, keyPem] = await Promise.all([
      readPem('SERVER_CA_CERTIFICATE', settings.serverCa),
      readPem('SERVER_CA_PRIVATE_KEY', settings.serverCaKey),
    ]);
    const known = certificatesIn('SERVER_CA_CERTIFICATE', certPem);
    const key = privateKeyIn('SERVER_CA_PRIVATE_KEY', keyPem, settings.serverCaKeyPassphrase);
    // While authorities change there are several: certificates first, then the key.
    const certificate = known.find((one) => one.checkPrivateKey(key)) ?? known[0];
    checkPair('SERVER_CA_PRIVATE_KEY', certificate, key);
    if (certificate.validToDate.getTime() <= now()) {
      throw new ConfigurationError(
        'SERVER_CA_CERTIFICATE',
        `is expired since ${certificate.validToDate.toISOString()}`,
      );
    }
    return { certificate, key };
  });

  const clientCa = remembered(now, async () => {
    const pem = await readPem('CLIENT_CA_CERTIFICATE', settings.clientCa);
    return certificatesIn('CLIENT_CA_CERTIFICATE', pem).join('');
  });

  return {
    async issueAmphoraCertificate(amphoraId) {
      // X.509 times are whole seconds, so the answer's are too.
      const expiry = new Date(Math.floor(now() / 1000 + settings.certValidityTime) * 1000);
      const signer = await authority();
      return {
        pem: await issueCertificate(signer, amphoraId, expiry),
        expiresAt: expiry.toISOString(),
        issuer: signer.certificate.fingerprint256,
      };
    },
    clientCa,
    agentCredentials: agentCredentialsReader({ settings, readPem, now }),
  };
};
