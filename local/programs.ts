import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Daemons are there, and not in the PATH of an ordinary user. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin'];

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** Path of the first program of that name in PATH and the usual folders; null if this machine has none. */
export const findProgram = (name: string): string | null =>
  [...(process.env.PATH ?? '').split(delimiter), ...USUAL_FOLDERS]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isProgram) ?? null;
