import { CloudUnavailableError } from '../errors/cloud.ts';
import { ConfigurationError } from '../errors/configuration.ts';
import { awsClient } from './aws-client.ts';

const PREFIX = 'secret:';
/** What Secrets Manager says about a request that fails in the same way every time. */
const TERMINAL = new Set([
  'ResourceNotFoundException',
  'AccessDeniedException',
  'InvalidRequestException',
  'InvalidParameterException',
  'ValidationException',
]);

/** The Secrets Manager id in `secret:<id>`; null for any other value. */
export const secretIdOf = (source: string): string | null =>
  source.startsWith(PREFIX) ? source.slice(PREFIX.length) : null;

/**
 * The text of a secret that a setting names, unchanged. No error shows it.
 * @throws ConfigurationError naming setting and secret: it is missing, empty or may not be read
 * @throws CloudUnavailableError Secrets Manager cannot be asked now
 */
export const readSecret = async (setting: string, id: string): Promise<string> => {
  // Loaded on the first read, so that a function without named secrets does not pay for the client.
  const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(awsClient());
  let value: string;
  try {
    const secret = await client.send(new GetSecretValueCommand({ SecretId: id }));
    value = secret.SecretString ?? Buffer.from(secret.SecretBinary ?? []).toString('utf8');
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    if (TERMINAL.has(name)) throw new ConfigurationError(setting, `cannot read secret "${id}": ${name}`);
    throw new CloudUnavailableError(`Secrets Manager did not answer for ${setting}: ${name}`);
  } finally {
    client.destroy();
  }
  if (value === '') throw new ConfigurationError(setting, `secret "${id}" is empty`);
  return value;
};
