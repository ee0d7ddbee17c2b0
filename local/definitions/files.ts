import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, resolve } from 'node:path';
import { parse } from 'yaml';
import { type Json, toJson } from '../json.ts';
import { ServiceFileError } from './errors.ts';

const load = createRequire(import.meta.url);

/** Reads YAML, JSON and JavaScript files below a folder, each once; null for a file that is not there. A module is what it exports. */
export const createFileReader = (folder: string): ((path: string) => Json | null) => {
  const read = (path: string): Json | null => {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
    if (extname(path) === '.js') return toJson(load(path));
    if (!['.yml', '.yaml', '.json'].includes(extname(path))) return text;
    try {
      return toJson(parse(text, { merge: true, maxAliasCount: -1 }));
    } catch (error) {
      throw new ServiceFileError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const known = new Map<string, Json | null>();
  return (path) => {
    const full = resolve(folder, path);
    const earlier = known.get(full);
    if (earlier !== undefined) return earlier;
    const value = read(full);
    known.set(full, value);
    return value;
  };
};
