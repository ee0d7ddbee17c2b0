import { dirname, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { folderKnots, sourcesBelow } from '../../../local/docs/measures/sources.ts';

/** A folder with more files has no concept of its own any more. */
const MOST_FILES = 20;
/** The rooms that consist of folders. */
const ROOMS = ['lib', 'functions/api', 'cli'];

const sources = sourcesBelow(resolve(import.meta.dirname, '../../..'), ROOMS);

test.each(ROOMS)('no folders of %s import each other in a circle', (room) => {
  expect(folderKnots(sources, room)).toEqual([]);
});

test(`no folder of ${ROOMS.join(' and ')} has more than ${MOST_FILES} files`, () => {
  const folders = Map.groupBy(sources, ({ path }) => dirname(path));
  expect([...folders].flatMap(([folder, files]) => (files.length > MOST_FILES ? [folder] : []))).toEqual([]);
});

test('the library shows the controller worker alone at its root', () => {
  expect(sources.filter(({ path }) => dirname(path) === 'lib').map(({ path }) => path)).toEqual([
    'lib/controller-worker.ts',
  ]);
});
