import { describe, expect, test } from 'vitest';
import {
  isPrivate,
  sentencesOfComments,
  sentencesOfPage,
  sentencesOfYaml,
  testNames,
} from '../../../../../local/docs/measures/prose.ts';

const texts = (found: readonly { line: number; text: string }[]): string[] =>
  found.map(({ line, text }) => `${line} ${text}`);

describe('sentences of a page', () => {
  test('end at full stops, empty lines, cells and list entries', () => {
    const page =
      '# Some title\n\nOne goes over\ntwo lines. Two follows.\n\n- first entry\n- another entry\n\n| one cell | its neighbour |\n';
    expect(texts(sentencesOfPage('x.md', page))).toEqual([
      '1 # Some title',
      '3 One goes over two lines.',
      '4 Two follows.',
      '6 - first entry',
      '7 - another entry',
      '9 one cell',
      '9 its neighbour',
    ]);
  });

  test('leave code and the targets of links out', () => {
    const page = 'Run `who am i` and [see](who.md).\n\n```sh\nwho is there\n```\n\n    who is here\n';
    expect(texts(sentencesOfPage('x.md', page))).toEqual(['1 Run `x` and [see].']);
  });
});

test('sentences of comments are those of blocks, of runs of lines, and behind code', () => {
  const source =
    "/** The first. */\nconst url = 'http://host/path'; // Behind the code\n// Goes over\n// two lines\nlet x = 1;\n";
  expect(texts(sentencesOfComments('x.ts', source))).toEqual([
    '1 The first.',
    '2 Behind the code',
    '3 Goes over two lines',
  ]);
});

test('sentences of a YAML file are those of its comments and of its Comment fields', () => {
  const source =
    '# About the file\nComment: About the state\nResource: nothing of that\nComment: >-\n  Goes over\n  two lines\nNext: no part\n';
  expect(texts(sentencesOfYaml('x.yml', source))).toEqual([
    '1 About the file',
    '2 About the state',
    '5 Goes over two lines',
  ]);
});

test('test names are those of tests, of groups and of tables', () => {
  const source =
    "describe('a group', () => {\n  test.skipIf(x)('one', f);\n  test.each([\n    [1],\n  ])('each of %i', f);\n});\n";
  expect(texts(testNames('x.test.ts', source))).toEqual(['1 a group', '2 one', '5 each of %i']);
});

test.each([
  ['Nobody owns the port.', true],
  ['The amphora whose port is gone is replaced.', false],
])('"%s" is private English: %s', (text, expected) => {
  expect(isPrivate(text)).toBe(expected);
});
