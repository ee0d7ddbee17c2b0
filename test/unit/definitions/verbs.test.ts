import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { sourcesBelow } from '../../../local/docs/measures/sources.ts';

const root = resolve(import.meta.dirname, '../../..');

/** Every exported function of the repositories that looks something up, with the type it answers. */
const lookups = sourcesBelow(root, ['lib/repositories']).flatMap(({ path }) => {
  const text = readFileSync(resolve(root, path), 'utf8');
  return [
    ...text.matchAll(/^export const ((find|get|list|read)[A-Z]\w*) =(?:(?!\n\n)[\s\S])*?\): Promise<(.*)> =>/gm),
  ].map(([, name = '', verb = '', answer = '']) => ({ name, verb, isNullable: answer.endsWith('| null') }));
});

test('the repositories look things up by these verbs', () => {
  expect(new Set(lookups.map(({ verb }) => verb))).toEqual(new Set(['find', 'get', 'list', 'read']));
  expect(lookups.length).toBeGreaterThan(60);
});

test('what finds may answer null, and nothing else does', () => {
  const wrong = lookups.filter(({ verb, isNullable }) => isNullable !== (verb === 'find'));
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
