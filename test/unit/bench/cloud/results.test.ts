import { expect, test } from 'vitest';
import { comparisonLines, readResults, resultLines } from '../../../../bench/cloud/results.ts';

test('a result file is read by its samples; remarks and counts are left aside', () => {
  const read = readResults({ create: [2, 1], 'FAILED batch': 'no', answers: { m1: 10 }, none: [] });
  expect([...read]).toEqual([['create', [2, 1]]]);
});

test('results are printed with their median, every sample and remarks', () => {
  expect(resultLines({ create: [3, 1], delete: [2], 'FAILED batch': 'it is late' })).toEqual([
    'create        2.00  of 3, 1',
    'delete        2.00',
    'FAILED batch: it is late',
  ]);
});

test('two results are compared by what both have', () => {
  const [head, ...lines] = comparisonLines(
    [
      'ours',
      new Map([
        ['create', [1, 3]],
        ['only here', [1]],
      ]),
    ],
    [
      'theirs',
      new Map([
        ['create', [8]],
        ['only there', [1]],
      ]),
    ],
  );
  expect(head).toContain('ours');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([['create', '2.00', '8.00', '0.25 x']]);
});
