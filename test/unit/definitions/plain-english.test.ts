import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { allSentences, isPrivate } from '../../../local/docs/measures/prose.ts';

const all = allSentences(resolve(import.meta.dirname, '../../..'));

/** Words of the project's own where the glossary (docs/glossary.md) has a term of the field. */
const REPLACED =
  /\b(befall\w*|befell|rehears(al|als|ed|es|e|ing)|heirs?|ghosts?|hasty|well-off|legs?|silent ones|lone rows?|rounds? again|lets? in|sen[td]s? over|in doubt|doubtful|anew|without a hand)\b/i;

test.each(['docs', 'comments', 'test names'] as const)('pronouns for persons are rare in the %s', (kind) => {
  const sentences = all.filter((sentence) => sentence.kind === kind);
  const found = sentences.filter(({ text }) => isPrivate(text));
  const shown = found.map(({ path, line, text }) => `${path}:${line} ${text}`);
  expect(sentences.length).toBeGreaterThan(1000);
  expect(found.length / sentences.length, shown.join('\n')).toBeLessThan(0.01);
});

test('the glossary has replaced the words of the project’s own', () => {
  const found = all.filter(({ text }) => REPLACED.test(text.replace(/@param \w+/g, '')));
  expect(found.map(({ path, line, text }) => `${path}:${line} ${text}`)).toEqual([]);
});
