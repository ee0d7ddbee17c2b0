import { readFile } from 'node:fs/promises';
import { CloudUnavailableError } from '../../errors/cloud.ts';
import { ConfigurationError } from '../../errors/configuration.ts';

const SECRET = 'secret:';
/** What Secrets Manager says about a secret that will not appear by asking again. */
const TERMINAL = new Set(['ResourceNotFoundException', 'AccessDeniedException', 'InvalidRequestException']);

/** Reads a PEM for a setting. */
export type ReadPem = (setting: string, source: string) => Promise<string>;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : nameOf(error);

const readSecret = async (setting: string, id: string): Promise<string> => {
  // Loaded when asked for: who keeps its keys in files should not pay for the client.
  const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({});
  try {
    const secret = await client.send(new GetSecretValueCommand({ SecretId: id }));
    return secret.SecretString ?? Buffer.from(secret.SecretBinary ?? []).toString('utf8');
  } catch (error) {
    const name = nameOf(error);
    if (TERMINAL.has(name)) throw new ConfigurationError(setting, `cannot read secret "${id}": ${name}`);
    throw new CloudUnavailableError(`Secrets Manager did not answer for ${setting}: ${name}`);
  } finally {
    client.destroy();
  }
};

const readFromFile = async (setting: string, path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigurationError(setting, `cannot read "${path}": ${codeOf(error)}`);
  }
};

/**
 * The PEM at `source`: a file's path, or `secret:<Secrets Manager id>`.
 * @throws ConfigurationError when there is none; CloudUnavailableError when Secrets Manager cannot be asked now
 */
export const readPem: ReadPem = async (setting, source) => {
  const pem = source.startsWith(SECRET)
    ? await readSecret(setting, source.slice(SECRET.length))
    : await readFromFile(setting, source);
  if (!pem.includes('-----BEGIN ')) throw new ConfigurationError(setting, `"${source}" holds no PEM`);
  return pem;
};
