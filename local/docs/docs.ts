import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { routes } from '../../functions/api/handler.ts';
import { loadService } from '../package/source/service.ts';
import { apiPage } from './api/page.ts';
import { flowsPage } from './flows-page.ts';
import { describeApi, descriptionText } from './openapi.ts';

/*
 * Writes what is made from the definitions: the page of the flows, the tables of the API, and the API's description. With --check it writes
 * nothing, and exits with 1 when one of them is not what the definitions say.
 */

const root = resolve(import.meta.dirname, '../..');
const made: Readonly<Record<string, string>> = {
  'docs/flows.md': flowsPage(loadService(root, 'dev').flows),
  'docs/api.md': apiPage(await readFile(join(root, 'docs/api.md'), 'utf8'), routes),
  'functions/api/openapi/openapi.json': descriptionText(describeApi(routes)),
};

for (const [name, text] of Object.entries(made)) {
  const path = join(root, name);
  if (!process.argv.includes('--check')) {
    await writeFile(path, text);
  } else if ((await readFile(path, 'utf8')) !== text) {
    console.error(`${name} is not what the definitions say: npm run docs`);
    process.exitCode = 1;
  }
}
