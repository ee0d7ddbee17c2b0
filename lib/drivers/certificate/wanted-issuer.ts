import { certificateConfig } from '../../settings/config.ts';
import { certificatesIn } from '../../tls/formats/pem-blocks.ts';
import { readPem } from './pem-source.ts';

/**
 * SHA-256 fingerprint of the authority that all amphorae's certificates should be of: the first one of
 * SERVER_CA_CERTIFICATE. Needs no key.
 * @throws ConfigurationError
 */
export const wantedIssuer = async (): Promise<string> => {
  const pem = await readPem('SERVER_CA_CERTIFICATE', certificateConfig().serverCa);
  return certificatesIn('SERVER_CA_CERTIFICATE', pem)[0].fingerprint256;
};
