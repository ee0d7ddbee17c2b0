import { expect, test } from 'vitest';
import { atLeast, atMost, below, figure, verdictOf } from '../../../../bench/report/figure.ts';
import { short, table } from '../../../../bench/report/table.ts';

test('a target of at most is kept by its limit, one of below is not', () => {
  expect(verdictOf({ value: 12, target: atMost(12) })).toBe('ok');
  expect(verdictOf({ value: 150, target: below(150) })).toBe('missed');
  expect(verdictOf({ value: 149, target: below(150) })).toBe('ok');
  expect(verdictOf({ value: 150, target: atLeast(150) })).toBe('ok');
  expect(verdictOf({ value: 149, target: atLeast(150) })).toBe('missed');
  expect(verdictOf({ value: 1e9, target: null })).toBeNull();
});

test('numbers are as long as they are worth', () => {
  expect([3, 1234.56, 45.678, 0.1234].map(short)).toEqual(['3', '1235', '45.7', '0.12']);
});

test('a table has its figures in columns, with target, verdict and note', () => {
  const lines = table([
    figure('pushes', 4, 'pushes', { target: atMost(10), note: 'uploads' }),
    figure('rendered', 6.855, 'ms'),
  ]);
  expect(lines).toEqual(['pushes       4  pushes  at most 10: ok  uploads', 'rendered  6.86  ms']);
});
