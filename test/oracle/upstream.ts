import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Python, preparePython } from '../helpers/python.ts';

/** Of upstream's newest release. */
const PYTHON_MINOR = 11;
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** A Python with upstream's octavia, of the pinned release; or the reason why there is none. */
export const prepareUpstream = async (): Promise<Python> => {
  const lines = (await readFile(REQUIREMENTS, 'utf8')).split('\n');
  const packages = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return await preparePython(packages, PYTHON_MINOR).catch((error: unknown) => ({
    missing: `upstream's packages cannot be installed (${error instanceof Error ? error.message : String(error)})`,
  }));
};
