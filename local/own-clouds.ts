import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '../lib/errors/configuration.ts';
import { usualCloudsFiles } from '../lib/openstack/identity/auth-options/clouds-file.ts';
import { readAuthOptions } from '../lib/openstack/identity/auth-options/read-auth-options.ts';
import { openstackConfig, signInConfig } from '../lib/settings/config.ts';
import { StartError } from './errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** First line of each clouds.yaml that a stack writes: tells it from a file of the user's. */
export const OWN_MARK = "# Written by deploy-worker's local stack, for its stand-in cloud.\n";

/** Path of a stack's clouds.yaml in its data folder. */
export const ownCloudsFile = (dataFolder: string): string => join(resolve(dataFolder), 'clouds.yaml');

/**
 * Path of the clouds.yaml that the environment names, when a local stack has written it, also where it is gone with
 * the data folder; null for another cloud, or none.
 */
export const ownCloudsOf = (environment: Environment, dataFolder: string): string | null => {
  const { OS_CLOUD: cloud, OS_CLIENT_CONFIG_FILE: given, HOME: home } = environment;
  if (!cloud) return null;
  const path = given || usualCloudsFiles(home || null).find((candidate) => existsSync(candidate));
  if (path === undefined) return null;
  if (resolve(path) === ownCloudsFile(dataFolder)) return path;
  return existsSync(path) && readFileSync(path, 'utf8').startsWith(OWN_MARK) ? path : null;
};

/** @throws StartError one line: the environment names no cloud that could be signed in to */
export const checkNamedCloud = async (environment: Environment): Promise<void> => {
  try {
    const signIn = { ...signInConfig.read(environment), cloudsSecret: null };
    await readAuthOptions({ ...signIn, environment: openstackConfig.read(environment) });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new StartError(`${error.message}. Without OS_CLOUD and OS_AUTH_URL the stand-in cloud is started.`);
  }
};
