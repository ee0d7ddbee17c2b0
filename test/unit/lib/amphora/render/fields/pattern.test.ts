import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { haproxyArgument } from '../../../../../../lib/amphora/render/escape.ts';
import { patternRule } from '../../../../../../lib/amphora/render/fields/pattern.ts';
import { HAPROXY } from '../../../../../fixtures/render/haproxy-process.ts';
import { needs } from '../../../../../helpers/needs.ts';

const ACCEPTED = [
  '^/api/v[12]/',
  '\\.(jpe?g|png)$',
  '(?i)^www\\.',
  '(?i:x)y',
  '[[:alpha:]_-]+',
  '[]x]',
  '[^]]',
  '[\\d-]',
  '[\\]\\\\]',
  'a{2}b{2,}c{2,3}d{e',
  'a*?b+?c??',
  'a++',
  '(?>ab)*',
  '(?P<q>[\'"]).*(?P=q)',
  '(?P<n>a)\\1',
  '(?P<n>a)?(?(n)b|c)',
  '(?=a)(?!b)(?<=c|de)(?<!f)',
  'x(?#note)y',
  '(?x) a b # rest (',
  '\\x41\\101\\0',
  'é[à-é]?',
  '()|',
  '}',
];

const REFUSED = [
  '(',
  ')',
  '[',
  '[]',
  '[z-a]',
  '[a-\\d]',
  '[[:nope:]]',
  '[:alpha:]',
  '[:\\101.:]',
  '*',
  'a**',
  '^*',
  'a{2,1}',
  'a{70000}',
  '\\',
  '(a)\\1',
  '(?P<n>a)(?P<n>b)',
  '(?P=n)',
  '(?<n>a)',
  '(?<=a+)b',
  '(?z)',
  '(?#',
  '(*ACCEPT)',
  '\\Qa\\E',
  '\\u0041',
  '\\777',
  '(?P<n>a)(?(n)a|b|c)',
  '((a{50}){50}){9999}',
];

/** Patterns haproxy does not compile; it stops at fifty, so they go in smaller lots. */
const refusedByHaproxy = async (patterns: readonly string[]): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'render-'));
  const path = join(folder, 'patterns.cfg');
  const head = ['defaults', '    mode http', 'frontend f', '    bind 127.0.0.1:1'];
  const lines = patterns.map((pattern, index) => `    acl a${index} path -m reg -- ${haproxyArgument(pattern)}`);
  await writeFile(path, `${[...head, ...lines].join('\n')}\n`);
  const said = await new Promise<string>((resolve) => {
    execFile(HAPROXY, ['-c', '-f', path], { maxBuffer: 1e8 }, (_error, _stdout, stderr) => resolve(stderr));
  });
  await rm(folder, { recursive: true, force: true });
  const numbers = [...said.matchAll(/patterns\.cfg:(\d+)\]/g)].map((found) => Number(found[1]) - head.length - 1);
  return [...new Set(numbers)].map((number) => patterns[number] ?? '');
};

describe('a pattern', () => {
  test.each(ACCEPTED)('may be %j', (pattern) => {
    expect(patternRule(pattern)).toBeNull();
  });

  test.each(REFUSED)('may not be %j', (pattern) => {
    expect(patternRule(pattern)).toMatch(/^is not a regular expression: /);
  });

  test('is read in no time, however it is nested', () => {
    expect(patternRule('('.repeat(255))).not.toBeNull();
    expect(patternRule('(a|'.repeat(63) + ')'.repeat(63))).toBeNull();
  });
});

const pieces = ['a', 'b', '-', '0', '1', ',', '{', '}', '(', ')', '[', ']', '^', '$', '*', '+', '?', '|', '.', '\\'];
const bigger = ['\\d', '\\b', '\\1', '\\x41', '(?:', '(?P<n>', '(?P=n)', '(?=', '(?<=', '(?i)', '(?x)', '(?(n)', '(?>'];
const quantifiers = [
  '{2}',
  '{1,2}',
  '[:alpha:]',
  '[^',
  '[a-z]',
  '\\v',
  '\\12',
  '\\101',
  '#',
  ' ',
  'é',
  '!',
  '<',
  ':',
  '=',
];

needs('haproxy').describe('haproxy itself', () => {
  test('compiles every pattern that is accepted', async () => {
    const random = fc.array(fc.constantFrom(...pieces, ...bigger, ...quantifiers), { minLength: 1, maxLength: 9 });
    const patterns = fc
      .sample(random, { numRuns: 6000, seed: 20_261_123 })
      .map((parts) => parts.join(''))
      .filter((pattern) => patternRule(pattern) === null);
    expect(patterns.length).toBeGreaterThan(300);
    expect(await refusedByHaproxy([...ACCEPTED, ...patterns])).toEqual([]);
  });

  test('compiles none of those whose refusal is for its sake', async () => {
    // Both syntaxes have these, or PCRE2 alone; they are refused because the API knows no such thing.
    const apart = ['a**', '^*', '(?<n>a)', '(*ACCEPT)', '\\Qa\\E', '((a{50}){50}){9999}'];
    const patterns = REFUSED.filter((pattern) => !apart.includes(pattern));
    expect(await refusedByHaproxy(patterns)).toEqual(patterns);
  });
});
