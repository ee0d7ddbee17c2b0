import { certificateConfig } from '../../settings/config.ts';
import type { CertificateDriver } from './certificate-driver.ts';
import { localCertificateDriver } from './local-certificate-driver.ts';
import { readPem } from './pem-source.ts';

let driver: CertificateDriver | undefined;

/** The certificate driver of this container, made when first asked for. @throws ConfigurationError */
export const certificateDriver = (): CertificateDriver => {
  driver ??= localCertificateDriver({ settings: certificateConfig(), readPem });
  return driver;
};
