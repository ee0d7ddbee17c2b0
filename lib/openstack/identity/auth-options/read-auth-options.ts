import type { identityConfig } from '../../../config.ts';
import { ConfigurationError } from '../../../errors/configuration.ts';
import type { AuthOptions } from './auth-options.ts';
import { cloudOfDocument, readCloudsFile, usualCloudsFiles } from './clouds-file.ts';
import { cloudOfEnvironment } from './environment.ts';

/** Answers a secret's text by its Secrets Manager id. */
export type SecretReader = (secretId: string) => Promise<string>;

const readSecret: SecretReader = async (secretId) => {
  // Loaded only where a secret is named: most functions' start would pay for it without need.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient();
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    if (SecretString === undefined) throw new ConfigurationError('OS_CLOUDS_SECRET', `secret ${secretId} has no text`);
    return SecretString;
  } finally {
    client.destroy();
  }
};

/**
 * How the worker signs in: a clouds.yaml in Secrets Manager, a clouds.yaml file, or the OS_* variables, in this order.
 *
 * @throws ConfigurationError names the setting or the field, never a secret
 */
export const readAuthOptions = async (
  config: ReturnType<typeof identityConfig>,
  secretOf: SecretReader = readSecret,
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
