import { readFileSync } from 'node:fs';
import { codeOf, StartError } from './errors.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/**
 * The lines of a file of JSON; none when it is not there. A kill can cut the last line off, which is then left out.
 * @throws StartError another line is damaged
 */
export const readLines = (path: string): string[] => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => line !== '');
  const damaged = lines.findIndex((line, index) => line !== '' && index !== last && !isJson(line));
  if (damaged < 0) return lines;
  throw new StartError(`${path} is damaged in line ${damaged + 1}: restore it, or move it away to start without it.`);
};
