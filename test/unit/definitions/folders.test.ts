import { dirname, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { folderKnots, sourcesBelow } from '../../../local/docs/measures/sources.ts';

/** A folder with more files has no concept of its own any more. */
const MOST_FILES = 20;

const library = sourcesBelow(resolve(import.meta.dirname, '../../..'), ['lib']);

test('no folders of the library import each other in a circle', () => {
  expect(folderKnots(library, 'lib')).toEqual([]);
});

test(`no folder of the library has more than ${MOST_FILES} files`, () => {
  const folders = Map.groupBy(library, ({ path }) => dirname(path));
  expect([...folders].flatMap(([folder, files]) => (files.length > MOST_FILES ? [folder] : []))).toEqual([]);
});

test('the library shows the controller worker alone at its root', () => {
  expect(library.filter(({ path }) => dirname(path) === 'lib').map(({ path }) => path)).toEqual([
    'lib/controller-worker.ts',
  ]);
});
