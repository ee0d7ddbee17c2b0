import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../local/programs.ts';
import { cache, exists } from './programs.ts';

const run = promisify(execFile);
const INSTALL_MS = 600_000;

export type Python = { readonly missing: string } | { readonly missing: null; readonly bin: string };

/** Python of the path is new enough and can make a virtual environment. */
const isUsable = async (python: string, minor: number): Promise<boolean> =>
  run(python, ['-c', `import ensurepip, sys, venv; sys.exit(sys.version_info < (3, ${minor}))`]).then(
    () => true,
    () => false,
  );

/**
 * A virtual environment with these packages, installed once for each set of them and kept; or the reason why there is
 * none on this machine.
 * @param packages as pip takes them: `name==version`
 * @param minor Python 3's lowest minor version
 * @throws Error the installation failed
 */
export const preparePython = async (packages: readonly string[], minor = 10): Promise<Python> => {
  const python = findProgram('python3');
  if (python === null) return { missing: 'no python3 on this machine: apt-get install python3-venv' };
  if (!(await isUsable(python, minor)))
    return { missing: `Python 3.${minor} with venv is needed: apt-get install python3-venv` };
  const folder = cache('clients', `python-${createHash('sha256').update(packages.join()).digest('hex').slice(0, 12)}`);
  const complete = join(folder, 'complete');
  if (!(await exists(complete))) {
    console.log(`installing ${packages.slice(0, 5).join(', ')}${packages.length > 5 ? ', ...' : ''} into ${folder}`);
    await run(python, ['-m', 'venv', '--clear', folder], { timeout: INSTALL_MS });
    await run(join(folder, 'bin/pip'), ['install', '--quiet', ...packages], { timeout: INSTALL_MS });
    await writeFile(complete, '');
  }
  return { missing: null, bin: join(folder, 'bin') };
};
