import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../../errors/configuration.ts';
import { readSecret, secretIdOf } from '../../settings/secret.ts';

/** Reads a PEM for a setting. */
export type ReadPem = (setting: string, source: string) => Promise<string>;

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
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
  const id = secretIdOf(source);
  const pem = id === null ? await readFromFile(setting, source) : await readSecret(setting, id);
  if (!pem.includes('-----BEGIN ')) throw new ConfigurationError(setting, `"${source}" holds no PEM`);
  return pem;
};
