import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { ConfigurationError } from '../../../errors/configuration.ts';
import type { AuthOptions } from './auth-options.ts';
import { readCloudEntry } from './cloud-entry.ts';

const missingFile = z.object({ code: z.literal('ENOENT') });
const cloudsDocument = z.object({ clouds: z.record(z.string(), z.unknown()) });

/** Where clouds.yaml usually is, nearest first. */
export const usualCloudsFiles = (home: string | null): readonly string[] => [
  './clouds.yaml',
  ...(home === null ? [] : [`${home}/.config/openstack/clouds.yaml`]),
  '/etc/openstack/clouds.yaml',
];

/** The first of the files that exists, as path and text. @throws ConfigurationError none exists */
export const readCloudsFile = async (
  paths: readonly string[],
): Promise<{ readonly path: string; readonly text: string }> => {
  for (const path of paths) {
    try {
      return { path, text: await readFile(path, 'utf8') };
    } catch (error) {
      if (!missingFile.safeParse(error).success) throw error;
    }
  }
  throw new ConfigurationError('OS_CLIENT_CONFIG_FILE', `no clouds.yaml at ${paths.join(', ')}`);
};

const parsed = async (text: string, source: string): Promise<unknown> => {
  // Loaded only where there is a clouds.yaml: a worker that signs in by the OS_* variables would pay for it without
  // need.
  const { CORE_SCHEMA, load } = await import('js-yaml');
  try {
    return load(text, { schema: CORE_SCHEMA });
  } catch {
    // The parser's own message quotes the line, and that line may be the password.
    throw new ConfigurationError(source, 'is not YAML');
  }
};

/**
 * The entry of the named cloud in a clouds.yaml, not checked.
 *
 * @param source names the text in errors: a path, or a secret's id
 * @throws ConfigurationError never with a value
 */
export const entryOfDocument = async (text: string, cloud: string, source: string): Promise<unknown> => {
  const document = cloudsDocument.safeParse(await parsed(text, source));
  if (!document.success) throw new ConfigurationError(source, 'has no "clouds"');
  const entry = document.data.clouds[cloud];
  if (entry === undefined) throw new ConfigurationError('OS_CLOUD', `${source} has no cloud "${cloud}"`);
  return entry;
};

/**
 * The named cloud of a clouds.yaml.
 *
 * @param source names the text in errors: a path, or a secret's id
 * @throws ConfigurationError names the field, never its value
 */
export const cloudOfDocument = async (text: string, cloud: string, source: string): Promise<AuthOptions> =>
  readCloudEntry(await entryOfDocument(text, cloud, source), `${source}: clouds.${cloud}`);
