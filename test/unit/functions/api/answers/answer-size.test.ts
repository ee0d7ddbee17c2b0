import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerBytes } from '../../../../../functions/api/answers/answer-size.ts';

const inFunctionAnswer = (value: unknown): number => Buffer.byteLength(JSON.stringify(JSON.stringify(value))) - 2;

it('measures what JSON in JSON has', () => {
  const any = fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 });
  fc.assert(
    fc.property(any, (value) => {
      expect(answerBytes(value)).toBe(inFunctionAnswer(value));
    }),
    { numRuns: 40 },
  );
  expect(answerBytes({ gone: undefined, text: '"\\\u0000ä𝔵' })).toBe(inFunctionAnswer({ text: '"\\\u0000ä𝔵' }));
});

it('counts what is shared at every place, and measures it once', () => {
  const shared = { name: 'shared', list: [1, 2, 3] };
  expect(answerBytes([shared, { shared }])).toBe(inFunctionAnswer([shared, { shared }]));
  // 2 ** 60 leaves: too many to write down.
  let tree: unknown = 'leaf';
  for (let level = 0; level < 60; level += 1) tree = [tree, tree];
  expect(answerBytes(tree)).toBeGreaterThan(2 ** 60);
});
