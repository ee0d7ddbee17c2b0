import { expect, test } from 'vitest';
import { median, quantile } from '../../../../bench/report/statistics.ts';

test('a quantile is one of the values, the nearest by rank', () => {
  const values = [5, 1, 4, 2, 3, 6, 7, 8, 9, 10];
  expect([0, 0.5, 0.9, 0.95, 1].map((share) => quantile(values, share))).toEqual([1, 5, 9, 10, 10]);
});

test('a median of an even number of values is between the two middle ones', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
});

test('nothing measured has no median', () => {
  expect(() => median([])).toThrow(RangeError);
});
