import { ConfigurationError } from '../../../errors/configuration.ts';
import type { identityConfig } from '../../../settings/config.ts';
import { readSecret } from '../../../settings/secret.ts';
import type { AuthOptions } from './auth-options.ts';
import { cloudOfDocument, readCloudsFile, usualCloudsFiles } from './clouds-file.ts';
import { cloudOfEnvironment } from './environment.ts';

/** Answers a secret's text by its Secrets Manager id. */
export type SecretReader = (secretId: string) => Promise<string>;

const readCloudsSecret: SecretReader = (secretId) => readSecret('OS_CLOUDS_SECRET', secretId);

/**
 * How the worker signs in: a clouds.yaml in Secrets Manager, a clouds.yaml file, or the OS_* variables, in this order.
 *
 * @throws ConfigurationError names the setting or the field, never a secret
 * @throws CloudUnavailableError Secrets Manager cannot be asked now
 */
export const readAuthOptions = async (
  config: ReturnType<typeof identityConfig>,
  secretOf: SecretReader = readCloudsSecret,
): Promise<AuthOptions> => {
  const { cloud, cloudsFile, cloudsSecret, home } = config;
  if (cloudsSecret !== null) {
    if (cloud === null) throw new ConfigurationError('OS_CLOUD', 'is required with OS_CLOUDS_SECRET');
    return cloudOfDocument(await secretOf(cloudsSecret), cloud, cloudsSecret);
  }
  if (cloud === null) return cloudOfEnvironment(config.environment);
  const { path, text } = await readCloudsFile(cloudsFile === null ? usualCloudsFiles(home) : [cloudsFile]);
  return cloudOfDocument(text, cloud, path);
};
