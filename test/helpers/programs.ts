import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A path in the folder where tests keep what they build or install once, outside of the checkout. */
export const cache = (...parts: readonly string[]): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'deploy-worker', ...parts);

export const exists = async (path: string, mode = constants.F_OK): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );
