import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = globSync(['*.md', 'docs/**/*.md', 'local/**/*.md', 'test/**/*.md'], {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
});

/** The ids that GitHub gives to the headings of a page. */
const anchors = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );

const brokenLinks = (path: string): string[] =>
  [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
    .filter(([, file = '', anchor]) => {
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchors(read(target)).includes(anchor);
    })
    .map(([link]) => link);

/** Paths in code that name a file or folder of the repository; a path with a placeholder or a pattern names none. */
const missingPaths = (path: string): string[] =>
  [...read(path).matchAll(/`((?:\.ci|bench|cli|containers|docs|functions|lib|local|statemachines|test)\/[\w./-]*)`/g)]
    .map(([, named = '']) => named)
    .filter((named) => !existsSync(join(root, named)));

test.each(pages.filter((path) => path !== 'CHANGELOG.md'))('every path in %s exists', (path) => {
  expect(missingPaths(path)).toEqual([]);
});

test.each(pages)('every link of %s leads to a file and a heading', (path) => {
  expect(brokenLinks(path)).toEqual([]);
});

test('the README stays short', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(120);
});

describe('the lists of what to touch', () => {
  const sections = read('CONTRIBUTING.md')
    .replace(/[\s\S]*^## What to touch$/m, '')
    .replace(/^## [\s\S]*/m, '')
    .split(/^### /m)
    .slice(1);
  const entries = sections.flatMap((section) => {
    const example = section.match(/^Example: `([^`]+)`/m)?.[1] ?? '';
    return [...section.matchAll(/^- \[([^\]]+)\]/gm)].map(([, path = '']) => [path, example] as const);
  });

  test('have an example and files in each section', () => {
    expect(sections.map((section) => section.split('\n')[0])).toEqual([
      'A setting',
      'A field of a resource',
      'A task state',
      'A flow',
      'A resource',
    ]);
    expect(entries.length).toBeGreaterThan(30);
  });

  test.each(entries)('%s contains the example %s', (path, example) => {
    const plain = (text: string): string => text.toLowerCase().replace(/[-_ ]/g, '');
    expect(plain(read(path))).toContain(plain(example));
    expect(example).not.toBe('');
  });
});
