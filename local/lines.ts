import { readFileSync } from 'node:fs';
import { codeOf } from './errors.ts';

/** The lines of a file; none when it is not there. */
export const readLines = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
};
