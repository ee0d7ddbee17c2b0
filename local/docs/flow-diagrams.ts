import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadService } from '../package/source/service.ts';
import { flowsPage } from './flows-page.ts';

/*
 * Writes docs/flows.md from the definitions. With --check it writes nothing, and exits with 1 when the page is not
 * what the definitions say.
 */

const root = resolve(import.meta.dirname, '../..');
const path = join(root, 'docs/flows.md');
const page = flowsPage(loadService(root, 'dev').flows);

if (!process.argv.includes('--check')) {
  await writeFile(path, page);
} else if ((await readFile(path, 'utf8')) !== page) {
  console.error('docs/flows.md is not what the definitions say: npm run docs');
  process.exitCode = 1;
}
