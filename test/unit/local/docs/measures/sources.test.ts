import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderKnots, importers, type Source, sourcesBelow } from '../../../../../local/docs/measures/sources.ts';

const FILES = {
  'lib/a/one.ts': "import { two } from '../b/two.ts';\nimport {\n  x,\n  y,\n} from './xy.ts';\n",
  'lib/a/xy.ts': "import zlib from 'node:zlib';\n",
  'lib/b/two.ts': "export type { C } from '../c/three.ts';\n",
  'lib/c/three.ts': "const later = () => import('../a/xy.ts');\n",
  'lib/d/four.ts': "import type { C } from '../c/three.ts';\n",
};

let root: string;
let sources: Source[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sources-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  sources = sourcesBelow(root, ['lib']);
});
afterAll(() => rm(root, { recursive: true }));

test('a source has its lines and every source that it imports, for its types or later as well', () => {
  expect(sources).toEqual([
    { path: 'lib/a/one.ts', lines: 5, imports: ['lib/b/two.ts', 'lib/a/xy.ts'] },
    { path: 'lib/a/xy.ts', lines: 1, imports: [] },
    { path: 'lib/b/two.ts', lines: 1, imports: ['lib/c/three.ts'] },
    { path: 'lib/c/three.ts', lines: 1, imports: ['lib/a/xy.ts'] },
    { path: 'lib/d/four.ts', lines: 1, imports: ['lib/c/three.ts'] },
  ]);
});

test('importers are counted for each path', () => {
  expect(Object.fromEntries(importers(sources))).toEqual({ 'lib/b/two.ts': 1, 'lib/a/xy.ts': 2, 'lib/c/three.ts': 2 });
});

test('a knot is every folder in a circle of imports, and no other', () => {
  expect(folderKnots(sources, 'lib')).toEqual([['lib/a', 'lib/b', 'lib/c']]);
  expect(folderKnots(sources, 'lib/a')).toEqual([]);
});
