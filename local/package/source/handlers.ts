import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const HANDLER = /^export const handler\b/m;

/** Every file under functions/ that offers a handler, relative to the root. */
export const handlerSources = async (root: string): Promise<readonly string[]> => {
  const entries = await readdir(join(root, 'functions'), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  const offers = await Promise.all(paths.map(async (path) => HANDLER.test(await readFile(join(root, path), 'utf8'))));
  return paths.filter((_, index) => offers[index]).sort();
};
